import { queueNames } from '@session-queue/core';
import fc from 'fast-check';
import { itemMarkers } from '../load/asks.ts';
import { secretMarker } from '../world/consumers.ts';
import type { Operation } from './contract.ts';
import { byLength, type Draft } from './draft.ts';
import { changed } from './http-cases.ts';
import { knownPlace, sessionId, tagMarker } from './places.ts';
import { addressChanges, framingChanges } from './way-changes.ts';
import { bodyChanges, type Change, encodingChanges, setHeader } from './word-changes.ts';

/** One request to the dashboard, by nobody, by a viewer or by an admin. */
export interface DashboardCase {
  draft: Draft;
  by: 'nobody' | 'viewer' | 'admin';
}

const requests = queueNames.deletion.requests;
/** Pages, forms, and Bull Board's calls: those that are allowed, and those that are not. */
const routes: readonly [method: string, path: string, form?: Readonly<Record<string, string>>][] = [
  ['GET', '/'],
  ['GET', '/sign-in'],
  ['GET', `/requests?id=${knownPlace}`],
  ['GET', '/selections'],
  ['GET', `/selection?id=${knownPlace}`],
  ['GET', `/rules/${knownPlace}`],
  ['GET', '/legal-holds?consumer=default'],
  ['GET', `/legal-hold?id=${knownPlace}`],
  ['GET', '/deadlines?deadline=missed'],
  ['GET', '/assets/logo.svg'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['POST', '/sign-in', { name: 'ada', password: `${secretMarker}-wrong`, next: '/' }],
  ['POST', '/sign-out', {}],
  ['POST', '/actions/retry', { id: knownPlace }],
  ['POST', '/actions/resume', { queue: requests }],
  ['GET', `/actions/hold?id=${knownPlace}`],
  ['GET', '/actions/select?consumer=default'],
  ['POST', '/actions/select', { selection: sessionId, consumer: 'default', users: sessionId, reason: 'because' }],
  ['GET', '/actions/place-hold?consumer=default'],
  ['GET', `/actions/lift-hold?id=${knownPlace}`],
  ['POST', '/actions/lift-hold', { id: knownPlace, reason: 'because', confirmed: 'yes' }],
  ['POST', '/actions/stop-lane', { consumer: 'default', kind: 'deletion', reason: 'because' }],
  ['GET', '/audit'],
  ['GET', '/audit.csv'],
  ['GET', `/certificate.json?id=${knownPlace}`],
  ['GET', '/queues/'],
  ['GET', `/queues/queue/${requests}`],
  ['GET', `/queues/api/queues?activeQueue=${requests}&status=latest&page=1&jobsPerPage=10`],
  ['GET', `/queues/api/queues/${requests}/${knownPlace}`],
  ['GET', `/queues/api/queues/${requests}/${knownPlace}/logs`],
  ['GET', `/queues/api/queues/${requests}/${knownPlace}/flow`],
  ['GET', `/queues/api/queues/${requests}/metrics`],
  ['GET', '/queues/api/redis/stats'],
  ['GET', '/queues/api/job-schedulers'],
  ['PUT', `/queues/api/queues/${requests}/resume`, {}],
  ['PUT', `/queues/api/queues/${requests}/${knownPlace}/retry`, {}],
  ['PUT', `/queues/api/queues/${requests}/empty`, {}],
  ['PUT', `/queues/api/queues/${requests}/obliterate`, {}],
  ['PATCH', `/queues/api/queues/${requests}/${knownPlace}/update-data`, {}],
  ['POST', `/queues/api/queues/${requests}/add`, {}],
];

/** For what the changes need to know of an operation. */
const page: Operation = {
  id: 'page',
  method: 'GET',
  path: '/{id}',
  needsToken: false,
  parameters: ['id', 'status', 'page', 'jobsPerPage', 'next', 'activeQueue'].map((name) => ({
    name,
    in: 'query',
    required: false,
    schema: {},
  })),
  body: undefined,
  answers: new Map(),
};

const formType = 'application/x-www-form-urlencoded';

export function dashboardCases(host: string): fc.Arbitrary<DashboardCase> {
  const changes = fc.oneof(
    { weight: 4, arbitrary: formChanges },
    { weight: 4, arbitrary: addressChanges(page) },
    { weight: 1, arbitrary: fc.oneof(...bodyChanges(page)) },
    { weight: 1, arbitrary: framingChanges },
    { weight: 1, arbitrary: encodingChanges },
  );
  return fc
    .record({
      route: fc.constantFrom(...routes),
      by: fc.constantFrom('nobody' as const, 'viewer' as const, 'admin' as const),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', '', 'x'),
      made: fc.array(changes, { maxLength: 3 }),
    })
    .map(({ route: [method, target, form], by, accept, made }) => {
      const [path = '', query] = target.split('?');
      const good: Draft = {
        method,
        path,
        query: query === undefined ? [] : query.split('&'),
        headers: [
          ['Host', host],
          ['Accept', accept],
          ['Sec-Fetch-Site', 'same-origin'],
        ],
        fields: undefined,
        text: form === undefined ? undefined : new URLSearchParams(form).toString(),
        encoding: undefined,
        spoil: undefined,
        framing: byLength,
        oddness: 'words',
        changes: [`${method} ${target}`],
      };
      if (form !== undefined) good.headers.push(['Content-Type', formType]);
      return { draft: made.reduce(changed, good), by };
    });
}

const oddValues = [
  '',
  '%',
  '%00',
  '%ff%fe',
  `%22%3E${tagMarker.replace('<', '%3C')}%3E`,
  `'%22%60${tagMarker.replace('<', '%3C')}`,
  'x'.repeat(300),
  'x'.repeat(9_000),
  '//elsewhere.example',
  '/%5Celsewhere.example',
  'javascript:alert(1)',
  '/%0d%0aSet-Cookie:x=1',
  '%F0%9F%98%80',
  '\ud800',
];
const formNames = [
  'name',
  'password',
  'next',
  'id',
  'queue',
  'token',
  'reason',
  'statuses',
  'updatedFrom',
  '__proto__',
  'constructor[prototype][polluted]',
  'a[0][b]',
];

/** What can be wrong with a form, with a cookie, and with where a request says that it comes from. */
const formChanges: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.constantFrom(...formNames), fc.constantFrom(...oddValues)).map(([name, value]) => ({
    what: `${name}=${value.slice(0, 30)} in the form`,
    make: (draft: Draft) => {
      if (draft.text !== undefined)
        draft.text = `${draft.text}&${name}=${value}`.replace(new RegExp(`^${name}=[^&]*&`), '');
      else draft.query.push(`${name}=${value.replace('\ud800', '')}`);
    },
  })),
  fc
    .constantFrom(
      'session-queue=',
      'session-queue=a.b',
      'session-queue=a.b.c',
      `session-queue=${Buffer.from('{"id":1,"__proto__":{"name":"ada"}}').toString('base64url')}.x`,
      `session-queue=${Buffer.from('null').toString('base64url')}.`,
      `session-queue=${'.'.repeat(2_000)}`,
      `=; ;session-queue; __proto__=${sessionId}`,
    )
    .map((cookie) => ({
      what: `cookie ${cookie.slice(0, 40)}`,
      make: (draft: Draft) => setHeader(draft, 'Cookie', cookie),
    })),
  fc
    .constantFrom<[string, string]>(
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Site', itemMarkers.id],
      ['Origin', 'null'],
      ['X-Forwarded-Host', 'elsewhere.example'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-For', '1.2.3.4'],
      ['Content-Type', 'application/json'],
      ['Content-Type', 'multipart/form-data'],
      ['Content-Type', `${formType}; charset=utf-7`],
      ['Content-Type', `${formType}; charset=iso-8859-1`],
    )
    .map(([name, value]) => ({ what: `${name}: ${value}`, make: (draft: Draft) => setHeader(draft, name, value) })),
);
