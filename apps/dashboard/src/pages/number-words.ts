const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const parts = [
  { size: 1_000_000, name: 'million' },
  { size: 1_000, name: 'thousand' },
  { size: 100, name: 'hundred' },
] as const;

/** A whole number from 0 to 999,999,999 in English: one digit too many shows in words. */
export function numberWords(value: number): string {
  const part = parts.find(({ size }) => value >= size);
  if (part === undefined) return underHundred(value);
  const rest = value % part.size;
  const head = `${numberWords(Math.floor(value / part.size))} ${part.name}`;
  return rest === 0 ? head : `${head} ${rest < 100 ? 'and ' : ''}${numberWords(rest)}`;
}

function underHundred(value: number): string {
  const ten = tens[Math.floor(value / 10)] ?? '';
  if (ten === '') return small[value] ?? '';
  return value % 10 === 0 ? ten : `${ten}-${small[value % 10]}`;
}
