import fc from 'fast-check';
import { itemMarkers } from '../load/asks.ts';
import type { JsonSchema } from './json-schema.ts';
import { noList, type OddValue, oddValue } from './odd-values.ts';
import { knownSelectionPlace, sessionId, submission, uniquePlace } from './places.ts';

/** A longer text would be a flood: those have a scenario of their own. */
const longestText = 30_000;
const quoted = (text: string): string => JSON.stringify(text);

/** A text as it ought to be, for a field of this name. The names of consumers are those that there are. */
export function goodText(name: string, schema: JsonSchema, consumers: readonly string[]): fc.Arbitrary<string> {
  if (name === 'mode') return fc.constantFrom('report', 'approve');
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (name === 'consumer') return fc.constantFrom(...consumers);
  if (name === 'selection') return fc.constant(knownSelectionPlace);
  if (name === 'olderThan') return fc.constantFrom('P1Y', 'P90D', 'PT36H');
  if (name === 'newerThan') return fc.constantFrom('P30Y', 'P4000D');
  if (name === 'expectDigest') return fc.constantFrom('0', 'f').map((digit) => digit.repeat(64));
  // A span of a filter: whole seconds.
  if (name === 'from') return fc.constantFrom('2026-01-31T08:00:00Z', '2026-01-31T08:00:00+01:00');
  if (name === 'to') return fc.constantFrom('2026-02-28T08:00:00Z', '2026-02-28T08:00:00-01:00');
  // In the past: what is put off would not be finished when the audit looks.
  if (schema.format === 'date-time') return fc.constantFrom('2026-01-31T08:00:00Z', '2026-01-31T08:00:00.5+01:00');
  return fc.constantFrom(
    'retention',
    'a',
    'Löschung nach Frist',
    'x'.repeat(Math.min(schema.maxLength ?? 1, 200)),
    '😀',
  );
}

/** An item as it ought to be; the place in it makes it unlike all others, its number unlike those of the same list. */
export function goodItem(schema: JsonSchema, index: number): fc.Arbitrary<string> {
  const own = index.toString(16).padStart(4, '0');
  if (schema.contentEncoding === 'base64')
    return fc.constantFrom('', 'AAAA', 'AA==', 'AAA=', 'A'.repeat(400)).map((tail) => `${submission}${own}${tail}`);
  return fc.constantFrom(
    sessionId.replace('-0000-', `-${own}-`),
    sessionId.replace('-0000-', `-${own}-`).toUpperCase().replace(itemMarkers.id.toUpperCase(), itemMarkers.id),
    `${itemMarkers.id}/${own}/${uniquePlace}`,
    `${itemMarkers.id} ${own} "\\'<&>{}:%00${uniquePlace}`,
    `${itemMarkers.id}-${own}-ünïcödé-😀-${uniquePlace}`,
    `${itemMarkers.id}${own}${uniquePlace}`.padEnd(schema.maxLength ?? 255, 'x'),
  );
}

/** JSON as it ought to be, for a field of this name. */
export function goodValue(name: string, schema: JsonSchema, consumers: readonly string[]): fc.Arbitrary<string> {
  const { items, properties } = schema;
  if (name === 'schedule')
    return fc.constantFrom(
      '{"cron":"0 3 * * 0","timeZone":"Europe/Berlin"}',
      '{"cron":"*/5 * * * *"}',
      '{"every":"P1D"}',
    );
  if (name === 'breakdown')
    return fc.constantFrom(
      '{"by":"status"}',
      '{"by":"status","values":["Completed","Discarded"]}',
      '{"by":"activityId","values":["maths-2023","music"]}',
    );
  if (schema.type === 'boolean') return fc.constantFrom('true', 'false');
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 9 }).map(String);
  if (properties !== undefined) return goodObject(properties, consumers);
  if (items === undefined) return goodText(name, schema, consumers).map(quoted);
  if (items.enum !== undefined)
    return fc.subarray([...items.enum], { minLength: 1 }).map((some) => JSON.stringify(some));
  return fc
    .integer({ min: 1, max: 4 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => goodItem(items, index))))
    .map((list) => `[${list.map(quoted).join(',')}]`);
}

/** An object with at least one of its fields. */
function goodObject(
  properties: Readonly<Record<string, JsonSchema>>,
  consumers: readonly string[],
): fc.Arbitrary<string> {
  const fields = Object.entries(properties).map(([name, schema]) =>
    goodValue(name, schema, consumers).map((value) => `${quoted(name)}:${value}`),
  );
  return fc
    .subarray(fields, { minLength: 1 })
    .chain((some) => fc.tuple(...some))
    .map((some) => `{${some.join(',')}}`);
}

/** What just misses what a schema asks for, or anything else. */
export function nearMiss(schema: JsonSchema): fc.Arbitrary<OddValue> {
  // Lists of texts that JSON happens to be would ask for the same items again and again.
  const other = schema.type === 'array' ? noList : oddValue;
  if (schema.properties !== undefined) return fc.oneof(nearObject(schema.properties), other);
  return fc.oneof(fc.constantFrom(...nearOf(schema)), other);
}

/** An object with one field that is near what it ought to be. */
function nearObject(properties: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<OddValue> {
  return fc.oneof(
    ...Object.entries(properties).map(([name, schema]) =>
      nearMiss(schema).map(({ what, text }) => ({ what: `${name}: ${what}`, text: `{${quoted(name)}:${text}}` })),
    ),
    fc.constantFrom('{}', '{"from":"x"}').map((text) => ({ what: text, text })),
  );
}

function nearOf(schema: JsonSchema): OddValue[] {
  if (schema.type === 'array') return nearLists(schema);
  if (schema.type === 'string') return nearTexts(schema).map(({ what, text }) => ({ what, text: quoted(text) }));
  return ['"true"', '"1"', '1', '[true]'].map((text) => ({ what: `${text} for a ${schema.type ?? 'value'}`, text }));
}

function nearLists({ items = {} }: JsonSchema): OddValue[] {
  const good = quoted(items.contentEncoding === 'base64' ? submission : sessionId);
  const lists = nearItems(items).map(({ what, text }) => ({
    what: `a good item, and one of ${what}`,
    text: `[${good},${quoted(text)}]`,
  }));
  return [
    ...lists,
    { what: 'an item that is no list', text: good },
    { what: 'a comma too many', text: `[${good},]` },
    { what: 'a list that does not end', text: `[${good}` },
    { what: 'the same item 200 times', text: `[${Array.from({ length: 200 }, () => good).join(',')}]` },
    ...['null', '7', '{}', '[]', 'true', `[${good}]`, `{"id":${good}}`].map((text) => ({
      what: `a good item, and ${text.slice(0, 6)}`,
      text: `[${good},${text}]`,
    })),
  ];
}

/** Items at the limits; one that is good nevertheless is unlike all others. */
function nearItems(schema: JsonSchema): OddValue[] {
  const { maxLength = 255 } = schema;
  const own = `${itemMarkers.id}${uniquePlace}`;
  const isText = schema.contentEncoding === undefined;
  const long = [maxLength, maxLength + 1].filter((length) => isText && length <= longestText);
  return [
    { what: 'no characters', text: '' },
    ...long.map((length) => ({ what: `${length} characters`, text: own.padEnd(length, 'x') })),
    ...badTexts,
  ];
}

/** Texts at the limits of a schema, and a bit beyond. */
function nearTexts({ minLength = 0, maxLength = 100, enum: allowed = [] }: JsonSchema): OddValue[] {
  const around = [minLength - 1, minLength, maxLength, maxLength + 1].filter((n) => n >= 0 && n <= longestText);
  return [
    ...around.map((length) => ({ what: `${length} characters`, text: 'x'.repeat(length) })),
    ...allowed.flatMap((one) => [
      { what: 'a known word in capitals', text: one.toUpperCase() },
      { what: 'a known word and a blank', text: `${one} ` },
    ]),
    ...badTexts,
  ];
}

/** Good nowhere. */
const badTexts: readonly OddValue[] = [
  { what: 'an item with a control character', text: `${itemMarkers.id}\u0001${uniquePlace}` },
  { what: 'an item with a NUL', text: `${submission}\u0000` },
  { what: 'half a character', text: `${itemMarkers.id}\ud800` },
  { what: 'base64 that is none', text: `${itemMarkers.submissionBase64}*AA\u0007` },
  { what: 'a key of Redis', text: `}:{${itemMarkers.id}}:request:*\n` },
  { what: 'two lines', text: `${itemMarkers.id}\n${uniquePlace}` },
];
