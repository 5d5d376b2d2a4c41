import fc from 'fast-check';
import { itemMarkers } from '../load/asks.ts';
import type { Operation } from './contract.ts';
import type { Draft } from './draft.ts';
import { nearMiss } from './near-misses.ts';
import { oddFieldName, oddValue } from './odd-values.ts';
import { sessionId, uniquePlace } from './places.ts';

/** One thing made wrong with a request. */
export interface Change {
  what: string;
  make: (draft: Draft) => void;
}

const change = (what: string, make: (draft: Draft) => void): Change => ({ what, make });

/** What can be wrong with a body: each of its fields, and the whole. */
export function bodyChanges({ body }: Operation): fc.Arbitrary<Change>[] {
  if (body === undefined) return [surprisingBody];
  const fields = Object.entries(body.properties ?? {}).map(([name, schema]) =>
    nearMiss(schema).map(({ what, text }) => change(`${name} is ${what}`, (draft) => setField(draft, name, text))),
  );
  const names = Object.keys(body.properties ?? {});
  return [
    fc.oneof(...fields),
    fc.constantFrom(...names).map((name) =>
      change(`no ${name}`, (draft) => {
        draft.fields = draft.fields?.filter(([field]) => field !== name);
      }),
    ),
    fc.constantFrom(...names).map((name) =>
      change(`${name} twice`, (draft) => {
        draft.fields?.push([name.replace('e', '\\u0065'), 'null']);
      }),
    ),
    fc
      .tuple(oddFieldName, oddValue)
      .map(([name, { what, text }]) =>
        change(`a field ${JSON.stringify(name)}, ${what}`, (draft) => draft.fields?.unshift([name, text])),
      ),
    oddValue.map(({ what, text }) => change(`the body is ${what}`, (draft) => setText(draft, text))),
    fc.constantFrom(...wholes).map(([what, wrap]) => change(`the body ${what}`, wrap)),
  ];
}

const wholes: readonly [string, (draft: Draft) => void][] = [
  ['is missing', (draft) => Object.assign(draft, { fields: undefined, text: undefined })],
  ['begins with a byte order mark', (draft) => around(draft, '\ufeff', '')],
  ['stands in a list', (draft) => around(draft, '[', ']')],
  ['is followed by another', (draft) => around(draft, '', `{"a":"${sessionId}"}`)],
  ['has a comment', (draft) => around(draft, '/* */', '')],
  ['does not end', (draft) => cutEnd(draft, 1)],
  ['ends in the middle', (draft) => cutEnd(draft, 20)],
  [
    'has 101 fields',
    (draft) => draft.fields?.push(...Array.from({ length: 101 }, (_, n) => [`f${n}`, '0'] as [string, string])),
  ],
  ['holds bytes that are no UTF-8', (draft) => spoilWith(draft, 0xff)],
  ['holds a NUL', (draft) => spoilWith(draft, 0)],
];

/** For an operation without input. */
const surprisingBody = oddValue.map(({ what, text }) =>
  change(`a body where none is expected: ${what}`, (draft) => {
    if (draft.method !== 'GET') draft.headers.push(['Content-Type', 'application/json']);
    setText(draft, text);
  }),
);

/** What can be wrong with the headers that the API looks at. */
export const headerChanges: fc.Arbitrary<Change> = fc.oneof(
  fc
    .constantFrom(
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/json; charset="utf-8"',
      'application/json;',
      'application/problem+json',
      'application/jsonp',
      ',',
      '',
      'x'.repeat(4_000),
    )
    .map((type) => change(`content type ${type.slice(0, 60)}`, (draft) => setHeader(draft, 'Content-Type', type))),
  fc
    .constantFrom(
      'a b',
      '',
      ' ',
      'x'.repeat(255),
      'x'.repeat(256),
      'é',
      '\u0001'.repeat(0),
      '../../x',
      '*',
      'a, b',
      '__proto__',
      `${itemMarkers.id}-${uniquePlace}`,
    )
    .map((key) => change(`Idempotency-Key ${key.slice(0, 20)}`, (draft) => setHeader(draft, 'Idempotency-Key', key))),
  fc.constantFrom(null).map(() =>
    change('two Idempotency-Keys', (draft) => {
      draft.headers.push(['Idempotency-Key', `one-${uniquePlace}`], ['idempotency-key', `two-${uniquePlace}`]);
    }),
  ),
  fc
    .constantFrom(
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      'bearer x',
      `Bearer ${'x'.repeat(3_000)}`,
      'Bearer a b',
      'Bearer é',
    )
    .map((token) => change(`authorization ${token.slice(0, 20)}`, (draft) => setHeader(draft, 'Authorization', token))),
  fc
    .constantFrom<[string, string]>(
      ['Accept', 'text/html'],
      ['Accept-Encoding', 'br;q=9, *'],
      ['Range', 'bytes=0-'],
      ['If-None-Match', '*'],
      ['If-Modified-Since', 'yesterday'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-Forwarded-For', `${'1.2.3.4, '.repeat(200)}x`],
      ['Origin', 'null'],
      ['Sec-Fetch-Site', 'cross-site'],
      ['Cookie', '__proto__=1; a'],
      ['Content-Language', '\u00ff'],
    )
    .map(([name, value]) => change(`${name}: ${value.slice(0, 20)}`, (draft) => draft.headers.push([name, value]))),
);

/** Encodings of the body that are right, wrong, or only said. */
export const encodingChanges: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom('gzip', 'deflate', 'br').map((encoding) =>
    change(`in ${encoding}`, (draft) => {
      draft.encoding = encoding;
      setHeader(draft, 'Content-Encoding', encoding.toUpperCase());
    }),
  ),
  fc
    .constantFrom('gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, gzip', '', ',', '__proto__', 'x'.repeat(300))
    .map((said) => change(`said to be in ${said.slice(0, 20)}`, (draft) => setHeader(draft, 'Content-Encoding', said))),
  fc.tuple(fc.constantFrom('gzip', 'deflate', 'br'), fc.nat({ max: 40 })).map(([encoding, at]) =>
    change(`in ${encoding}, with byte ${at} changed`, (draft) => {
      draft.encoding = encoding;
      setHeader(draft, 'Content-Encoding', encoding);
      draft.spoil = (bytes) => {
        const spoilt = Buffer.from(bytes);
        const place = at % Math.max(1, spoilt.length);
        spoilt[place] = (spoilt[place] ?? 0) ^ 0x5a;
        return spoilt;
      };
    }),
  ),
  fc.tuple(fc.constantFrom('gzip', 'deflate', 'br'), fc.nat({ max: 30 })).map(([encoding, bytes]) =>
    change(`in ${encoding}, ${bytes} bytes short`, (draft) => {
      draft.encoding = encoding;
      setHeader(draft, 'Content-Encoding', encoding);
      draft.spoil = (whole) => whole.subarray(0, Math.max(1, whole.length - bytes));
    }),
  ),
);

export function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = [...draft.headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase()), [name, value]];
}

function setField(draft: Draft, name: string, value: string): void {
  draft.fields = [...(draft.fields ?? []).filter(([field]) => field !== name), [name, value]];
}

function setText(draft: Draft, text: string): void {
  draft.text = text;
}

function around(draft: Draft, before: string, after: string): void {
  draft.fields = draft.fields?.map(([name, value]) => [name, value]);
  const written = draft.text ?? `{${(draft.fields ?? []).map(([name, value]) => `"${name}":${value}`).join(',')}}`;
  draft.text = `${before}${written}${after}`;
}

function cutEnd(draft: Draft, characters: number): void {
  around(draft, '', '');
  draft.text = draft.text?.slice(0, -characters);
}

/** In front of the last quote or brace, which is within a text or an object. */
function spoilWith(draft: Draft, byte: number): void {
  draft.spoil = (bytes) => {
    const at = Math.max(0, bytes.lastIndexOf(0x22));
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at)]);
  };
}
