import fc from 'fast-check';
import { itemMarkers } from '../load/asks.ts';
import { secretMarker } from '../world/consumers.ts';
import type { Operation } from './contract.ts';
import { type Draft, inChunks } from './draft.ts';
import { knownPlace, knownSelectionPlace, sessionId, uniquePlace } from './places.ts';
import { type Change, setHeader } from './word-changes.ts';

const change = (what: string, make: (draft: Draft) => void): Change => ({ what, make });

/** Ids in a path, as they are written there. Those that are decodable are an id like any other, and nobody's. */
const oddIds = [
  uniquePlace,
  sessionId,
  '0',
  '-1',
  'null',
  '__proto__',
  'constructor',
  'x'.repeat(255),
  'a%20b',
  '%00',
  '%0d%0aSet-Cookie:%20x=1',
  '%F0%9F%98%80',
  '%7D:%7Bnorth%7D:lane',
  '*',
  '%2e%2e%2f%2e%2e',
  "'%22%3Cscript%3E",
];
const longId = 'x'.repeat(256);
/** Those that are not, or are no single part of a path. */
const oddPaths = ['%', '%E0%A4%A', '%zz', '%ff', '..', 'a/b', '%2525', `${sessionId}/x`, `%c0%af${sessionId}`, 'é'];

/** What can be wrong with the address of an operation. */
export function addressChanges(operation: Operation): fc.Arbitrary<Change> {
  const others = fc.oneof(
    fc.constantFrom(...oddQueries).map(([what, part]) =>
      change(`query: ${what}`, (draft) => {
        draft.query.push(part);
        draft.oddness = draft.oddness === 'words' && !part.includes('%') ? 'words' : further(draft, 'address');
      }),
    ),
    fc.constantFrom(...oddTargets).map(([what, target]) =>
      change(`address: ${what}`, (draft) => {
        draft.path = target(draft.path);
        draft.oddness = further(draft, 'address');
      }),
    ),
    fc.constantFrom('HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'GET', 'POST', 'PROPFIND').map((method) =>
      change(`method ${method}`, (draft) => {
        if (method === draft.method) return;
        draft.method = method;
        draft.oddness = further(draft, 'address');
      }),
    ),
    ...operation.parameters
      .filter((one) => one.in === 'query')
      .map(({ name }) =>
        fc.constantFrom(...oddParameters).map((value) =>
          change(`${name}=${value.slice(0, 20)}`, (draft) => {
            draft.query = [...draft.query.filter((part) => !part.startsWith(`${name}=`)), `${name}=${value}`];
          }),
        ),
      ),
  );
  if (!operation.path.includes('{id}')) return others;
  const id = (value: string, oddness: Draft['oddness']) =>
    change(`id ${value.slice(0, 30)}`, (draft) => {
      draft.path = draft.path.replace(knownPlace, value).replace(knownSelectionPlace, value);
      draft.oddness = further(draft, oddness);
    });
  return fc.oneof(
    fc.constantFrom(...oddIds, longId).map((value) => id(value, 'words')),
    fc.constantFrom(...oddPaths).map((value) => id(value, 'address')),
    others,
  );
}

const oddParameters = [
  '',
  '0',
  '1000',
  '1001',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '%201',
  '%D9%A1',
  'NaN',
  'Infinity',
  '9'.repeat(30),
  '9007199254740992',
  '99999999999999999999',
  '%00',
  'a&limit=1&limit=2',
  'failed&state=parked',
  '__proto__',
  sessionId,
  'x'.repeat(1_001),
];

const oddQueries: readonly [what: string, part: string][] = [
  ['an unknown name', 'verbose=1'],
  ['__proto__', '__proto__[polluted]=1&__proto__=1'],
  ['constructor', 'constructor[prototype][polluted]=1'],
  ['an item as a name', `${sessionId}=1`],
  ['an item', `id=${sessionId}`],
  ['a token', `token=${secretMarker}`],
  ['only signs', '&&&===&'],
  ['a bad escape', 'a=%E0%A4%A'],
  ['6,000 characters', `q=${'x'.repeat(6_000)}`],
  ['1,000 names', Array.from({ length: 1_000 }, (_, n) => `a${n}`).join('&')],
];

const oddTargets: readonly [what: string, target: (path: string) => string][] = [
  ['a slash too many at the end', (path) => `${path}/`],
  ['two slashes at the front', (path) => `/${path}`],
  ['in capitals', (path) => path.toUpperCase()],
  ['absolute', (path) => `http://elsewhere.example${path}`],
  ['only a star', () => '*'],
  ['with dots', (path) => `/v1/../v1/.${path}`],
  ['with a fragment', (path) => `${path}#${sessionId}`],
  ['with a semicolon', (path) => `${path};jsessionid=${sessionId}`],
  ['with a backslash', (path) => path.replaceAll('/', '\\')],
  ['an item', () => `/v1/${sessionId}`],
  ['nothing but an item', () => `/${itemMarkers.submissionBase64}`],
];

const oddHeads: readonly [what: string, make: (draft: Draft) => void][] = [
  ['no host', (draft) => removeHeader(draft, 'Host')],
  ['two hosts', (draft) => draft.headers.push(['Host', 'elsewhere.example'])],
  ['a host that is none', (draft) => setHeader(draft, 'Host', `a b/${sessionId}`)],
  ['an expectation', (draft) => draft.headers.push(['Expect', 'the-unexpected'])],
  ['100-continue', (draft) => draft.headers.push(['Expect', '100-continue'])],
  ['an upgrade', (draft) => draft.headers.push(['Upgrade', 'websocket'], ['Connection', 'Upgrade'])],
  ['17,000 bytes of headers', (draft) => draft.headers.push(['X-Long', 'x'.repeat(17_000)])],
  ['1,900 headers', (draft) => draft.headers.push(...many(1_900))],
  ['a header with a blank in its name', (draft) => draft.headers.push(['X Y', sessionId])],
  ['a header with a control character', (draft) => draft.headers.push(['X-Control', `\u0001${sessionId}`])],
  ['a folded header', (draft) => draft.headers.push(['X-Folded', `a\r\n ${sessionId}`])],
  ['a line break alone', (draft) => draft.headers.push(['X-Feed', `a\n${sessionId}: b`])],
  ['a method that is none', (draft) => Object.assign(draft, { method: 'DELETE-ALL' })],
  ['a method in small letters', (draft) => Object.assign(draft, { method: draft.method.toLowerCase() })],
  ['CONNECT', (draft) => Object.assign(draft, { method: 'CONNECT', path: 'elsewhere.example:443' })],
  ['a blank in the address', (draft) => Object.assign(draft, { path: `${draft.path} ${sessionId}` })],
];

/** What can be wrong with the way a request says how long it is, and with HTTP itself. */
export const framingChanges: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(1, 7, 1_000).map((most) =>
    change(`in chunks of ${most}`, (draft) => {
      draft.framing = inChunks(most);
    }),
  ),
  fc
    .constantFrom<[string, Draft['framing']]>(
      ['a length too short', (body) => ({ headers: length(Math.max(0, body.length - 3)), body })],
      ['a length too long', (body) => ({ headers: length(body.length + 3), body })],
      ['a length below zero', (body) => ({ headers: length(-1), body })],
      ['a length that is a word', (body) => ({ headers: length('ten'), body })],
      ['a length with a sign', (body) => ({ headers: length(`+${body.length}`), body })],
      ['a length of 30 digits', (body) => ({ headers: length('9'.repeat(30)), body })],
      ['two lengths', (body) => ({ headers: [...length(body.length), ...length(body.length + 1)], body })],
      ['length and chunks', (body) => ({ headers: [...length(body.length), ['Transfer-Encoding', 'chunked']], body })],
      ['chunks that are none', (body) => ({ headers: [['Transfer-Encoding', 'chunked']], body })],
      ['a chunk without end', (body) => ({ headers: [['Transfer-Encoding', 'chunked']], body: endless(body) })],
      ['an unknown transfer encoding', (body) => ({ headers: [['Transfer-Encoding', 'gzip']], body })],
      ['no length', (body) => ({ headers: [], body })],
    )
    .map(([what, framing]) =>
      change(what, (draft) => {
        draft.framing = framing;
        draft.oddness = further(draft, 'framing');
      }),
    ),
  fc.constantFrom(...oddHeads).map(([what, make]) =>
    change(what, (draft) => {
      make(draft);
      draft.oddness = further(draft, 'framing');
    }),
  ),
);

const many = (count: number): [string, string][] =>
  Array.from({ length: count }, (_, n): [string, string] => [`X${n}`, '']);
const length = (value: string | number): [string, string][] => [['Content-Length', String(value)]];
const endless = (body: Buffer): Buffer => Buffer.concat([Buffer.from('ffffffff\r\n'), body]);

function removeHeader(draft: Draft, name: string): void {
  draft.headers = draft.headers.filter(([one]) => one !== name);
}

/** Whatever is changed later, it does not come any nearer. */
function further(draft: Draft, oddness: Draft['oddness']): Draft['oddness'] {
  const order = ['words', 'address', 'framing'] as const;
  return order.indexOf(oddness) > order.indexOf(draft.oddness) ? oddness : draft.oddness;
}
