/** What a message may be cut to. */
const maxMessageLength = 300;

/** Read no further: a message that repeats 50 ids of 255 characters ends well before. */
const maxRead = 64 * 1024;
/** A name of an item is believed from this length on, and only with a digit: others may be words of the message. */
const minNameLength = 8;
const digit = /\p{N}/u;

const uuid = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
/** Keys, signatures, base64: no sentence has 40 such characters in a row. */
const longRun = /[A-Za-z0-9+/=_%-]{40,}/g;
const controlCharacters = /[\p{Cc}\u2028\u2029]+/gu;

export interface RedactedMessage {
  /** The message with each item as `<item>`; at most 300 characters. */
  message: string;
  /** Indexes of the items that the message names, ascending. */
  namedItems: number[];
}

/**
 * Takes the items out of a message of Learnosity's, and says which of them it names. A name counts when it stands alone:
 * `abc-1234` is not named by `abc-12345`. What only looks like an id or a submission goes too.
 */
export function redact(message: string, items: readonly string[], secrets: readonly string[] = []): RedactedMessage {
  const whole = message.length <= maxRead;
  // A cut could leave half an id at the end, which nothing below would find: so the last word goes.
  let text = whole ? message : message.slice(0, maxRead).replace(/\S*$/, '');
  for (const secret of secrets.filter((secret) => secret !== '')) text = text.replaceAll(secret, '<secret>');
  const named = new Set<number>();
  for (const [item, indexes] of longestFirst(items)) {
    if (item.length > text.length) continue;
    const before = text;
    for (const spelling of spellings(item)) text = replaceAlone(text, spelling);
    if (text === before || !isName(item)) continue;
    for (const index of indexes) named.add(index);
  }
  text = text.replace(uuid, '<item>').replace(longRun, '<data>').replace(controlCharacters, ' ').trim();
  return { message: cut(text), namedItems: [...named].toSorted((a, b) => a - b) };
}

/** Two requests may ask for the same item, and one batch then hold it twice. */
function longestFirst(items: readonly string[]): [string, number[]][] {
  const indexes = new Map<string, number[]>();
  for (const [index, item] of items.entries()) indexes.set(item, [...(indexes.get(item) ?? []), index]);
  return [...indexes].toSorted(([a], [b]) => b.length - a.length);
}

function isName(item: string): boolean {
  return item.length >= minNameLength && digit.test(item);
}

function spellings(item: string): Set<string> {
  return new Set([item, JSON.stringify(item).slice(1, -1), encodeURIComponent(item.toWellFormed())]);
}

const wordCharacter = /[\p{L}\p{N}_-]/u;

function replaceAlone(text: string, name: string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (at < from) continue;
    const end = at + name.length;
    if (!standsAlone(text, at, end)) continue;
    result += `${text.slice(from, at)}<item>`;
    from = end;
  }
  return result + text.slice(from);
}

function standsAlone(text: string, start: number, end: number): boolean {
  const joinsBefore = wordCharacter.test(text.charAt(start - 1)) && wordCharacter.test(text.charAt(start));
  const joinsAfter = wordCharacter.test(text.charAt(end - 1)) && wordCharacter.test(text.charAt(end));
  return !joinsBefore && !joinsAfter;
}

function cut(text: string): string {
  return text.length <= maxMessageLength ? text : `${text.slice(0, maxMessageLength - 1)}…`;
}
