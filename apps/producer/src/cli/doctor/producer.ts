import { ownVersion } from '@session-queue/core';
import type { z } from 'zod';
import { consumersSchema, problemSchema, readinessSchema } from '../../requests/answer-schemas.ts';
import { printable } from '../wording.ts';
import { bad, type Finding, fromMessage, ok, warn } from './finding.ts';
import { clockFinding } from './redis-server.ts';

const timeoutMs = 10_000;
/** The Date header has whole seconds. */
const dateToleranceMs = 3_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What a producer does not tell, so that all that is well here is not taken for all that there is. */
const unseen = ok(
  'Not looked at over HTTP: what is stopped, workers, legal holds, memory of what was deleted, and evidence; doctor --redis <url> does',
);

/** One of another version may say less. */
const answeredSchema = readinessSchema.partial({ version: true });

export interface ProducerWay {
  url: URL;
  token: string | undefined;
}

/** Whether the producer can be reached and used from here. */
export async function checkProducer(way: ProducerWay): Promise<Finding[]> {
  const { url, token } = way;
  const answers = await askBoth(way).catch(codeOf);
  if (typeof answers === 'string') {
    return [bad(`The producer at ${url.origin} does not answer${answers}`, 'check that it runs, and --url')];
  }
  const [ready, listed] = answers;
  const findings = [ok(`The producer at ${url.origin} answers`), ...(await readiness(ready)), ...clock(ready)];
  if (token !== undefined && url.protocol === 'http:' && !loopback.has(url.hostname)) {
    findings.push(warn('The token goes over plain HTTP', 'use https'));
  }
  return [...findings, ...(await consumers(listed, token)), unseen];
}

async function askBoth(way: ProducerWay): Promise<[ready: Response, listed: Response]> {
  return [await ask({ ...way, token: undefined }, 'readyz'), await ask(way, 'v1/consumers')];
}

async function ask({ url, token }: ProducerWay, path: string): Promise<Response> {
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  return await fetch(new URL(path, base), {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  });
}

async function readiness(response: Response): Promise<Finding[]> {
  const parsed = answeredSchema.safeParse(await jsonOf(response));
  if (!parsed.success) return [bad('What answers there is no producer of Session Queue', 'check --url')];
  const { problems = [], warnings = [], unchecked = [], version } = parsed.data;
  return [
    ...(response.ok ? [ok('It is ready to accept requests')] : [bad('It is not ready', 'mend what stands below')]),
    ...problems.map(({ message }) => fromMessage('bad', printable(message))),
    ...warnings.map(({ level, message }) => fromMessage(level, printable(message))),
    ...unchecked.map((what) => warn(printable(what), 'look at it where Redis is managed')),
    ofVersion(version),
  ];
}

function ofVersion(version = 'unknown'): Finding {
  if (version === ownVersion) return ok(`Its version is ${version}, and so is that of this program`);
  const what = `Its version is ${printable(version)}, and that of this program is ${ownVersion}`;
  return warn(what, 'bring the producer and this program to one version');
}

function clock(response: Response): Finding[] {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(theirs) ? [] : [clockFinding('the producer', theirs - Date.now(), dateToleranceMs)];
}

async function consumers(response: Response, token: string | undefined): Promise<Finding[]> {
  const answer = await jsonOf(response);
  const listed = consumersSchema.safeParse(answer);
  if (!listed.success) return [refused(problemSchema.safeParse(answer).data)];
  const accepted = ok(token === undefined ? 'It takes calls without a token' : 'It takes the token');
  const names = listed.data.consumers;
  if (names.length > 0) return [accepted, ok(`Consumers: ${names.map(printable).join(', ')}`)];
  return [accepted, warn('No worker has announced a consumer yet', 'start a worker, on the same Redis and prefix')];
}

function refused(problem: z.infer<typeof problemSchema> | undefined): Finding {
  if (problem === undefined) return bad('It does not say which consumers there are', 'check what lies in between');
  const { type, status, title, detail = title } = problem;
  const what = printable(detail);
  if (type.endsWith(':missing-scope')) return ok('It takes the token, which may not see requests or consumers');
  if (status === 401) return bad(what, 'check the token (SESSION_QUEUE_TOKEN)');
  if (status === 403) return bad(what, 'make a token (keys new), or call from the machine that the producer runs on');
  if (status === 429) return warn(what, 'wait for a minute, or give the token more calls a minute');
  if (status === 503) return bad(what, 'wait, and see to what the producer waits for: Redis, or the issuer of tokens');
  return bad(what, status >= 500 ? "look into the producer's log" : 'check --url');
}

async function jsonOf(response: Response): Promise<unknown> {
  return await response.json().catch(() => undefined);
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
