import fc from 'fast-check';
import { secretMarker } from '../world/consumers.ts';
import { sessionId, submission } from './places.ts';

/** A piece of JSON text, or of what only looks like it, and how a person would call it. */
export interface OddValue {
  what: string;
  text: string;
}

const odd = (what: string, text: string): OddValue => ({ what, text });
const nested = (open: string, depth: number, inner: string, close: string): string =>
  open.repeat(depth) + inner + close.repeat(depth);

const fixed: readonly OddValue[] = [
  odd('null', 'null'),
  odd('true', 'true'),
  odd('false', 'false'),
  odd('nothing', ''),
  odd('zero', '0'),
  odd('minus zero', '-0'),
  odd('minus one', '-1'),
  odd('a fraction', '0.1e-7'),
  odd('a number beyond doubles', '1e999'),
  odd('a whole number beyond 2^53', '9007199254740993'),
  odd('a number of 400 digits', '9'.repeat(400)),
  odd('a number that JSON does not have', 'NaN'),
  odd('an empty text', '""'),
  odd('a blank text', '" "'),
  odd('half a character', '"\\ud800"'),
  odd('halves the wrong way round', '"\\udc00\\ud800"'),
  odd('NUL, escaped', '"a\\u0000b"'),
  odd('a control character, raw', '"a\u0001b"'),
  odd('a line break, escaped', '"a\\r\\nSet-Cookie: x=1"'),
  odd('an escape that JSON does not have', '"\\x41"'),
  odd('text that goes from right to left', '"\u202eabc\u202c"'),
  odd('a byte order mark', '"\ufeffabc"'),
  odd('300 emojis', `"${'😀'.repeat(300)}"`),
  odd('20,000 letters', `"${'x'.repeat(20_000)}"`),
  odd('20,000 escapes', `"${'\\u0041'.repeat(20_000)}"`),
  odd('an empty list', '[]'),
  odd('an empty object', '{}'),
  odd('a list that looks like a list', '{"length":1,"0":"a"}'),
  odd('__proto__', '{"__proto__":{"polluted":true}}'),
  odd('constructor.prototype', '{"constructor":{"prototype":{"polluted":true}}}'),
  odd('toString and toJSON', '{"toString":1,"valueOf":1,"toJSON":1,"then":1}'),
  odd('33 lists deep', nested('[', 33, '1', ']')),
  odd('900 objects deep', nested('{"a":', 900, '1', '}')),
  odd('2,000 lists that do not end', '['.repeat(2_000)),
  odd('an item without quotes', sessionId),
  odd('an item in a list in a list', `[["${sessionId}"]]`),
  odd('an item as a field', `{"${sessionId}":"${submission}"}`),
  odd('a secret and a line break', `"${secretMarker}\\n"`),
];

/** Whatever might stand where something else is expected, and is never a list of texts. */
export const noList = fc.constantFrom(...fixed);

/** Whatever might stand where something else is expected. */
export const oddValue: fc.Arbitrary<OddValue> = fc.oneof(
  { weight: 5, arbitrary: noList },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3, noUnicodeString: false }).map((text) => odd('some JSON', text)) },
);

/** Names of fields that mean something to JavaScript, to us elsewhere, or to nobody. */
export const oddFieldName = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'id',
  'request',
  'token',
  '',
  ' ',
  'SessionIds',
  'sessionIds.0',
  'a b',
  '\\u0000',
  '\\ud800',
  sessionId,
  submission,
  'x'.repeat(1_100),
);
