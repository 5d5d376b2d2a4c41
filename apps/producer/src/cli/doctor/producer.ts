import { Refusal, type SessionQueue } from '@session-queue/core';
import { readinessSchema } from '../../requests/answer-schemas.ts';
import { describeRefusal } from '../connection/refusals.ts';
import { printable } from '../wording.ts';
import { bad, type Finding, ok, warn } from './finding.ts';
import { clockFinding } from './redis-server.ts';

const timeoutMs = 10_000;
/** The Date header has whole seconds. */
const dateToleranceMs = 3_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface ProducerWay {
  url: URL;
  token: string | undefined;
  queue: SessionQueue;
}

/** Whether the producer can be reached and used from here. */
export async function checkProducer({ url, token, queue }: ProducerWay): Promise<Finding[]> {
  const response = await ask(url).catch((error: unknown) => error);
  if (!(response instanceof Response)) {
    return [bad(`The producer at ${url.origin} does not answer${codeOf(response)}`, 'check that it runs, and --url')];
  }
  const findings = [ok(`The producer at ${url.origin} answers`), ...(await readiness(response)), ...clock(response)];
  if (token !== undefined && url.protocol === 'http:' && !loopback.has(url.hostname)) {
    findings.push(warn('The token goes over plain HTTP', 'use https'));
  }
  return [...findings, ...(await consumers(queue, token))];
}

async function ask(url: URL): Promise<Response> {
  const base = url.href.endsWith('/') ? url.href : `${url.href}/`;
  return await fetch(new URL('readyz', base), { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
}

async function readiness(response: Response): Promise<Finding[]> {
  const parsed = readinessSchema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return [bad('What answers there is no producer of Session Queue', 'check --url')];
  const { problems = [] } = parsed.data;
  if (response.ok) return [ok('It is ready to accept requests')];
  return problems.map(({ message }) =>
    bad(`It is not ready: ${printable(message)}`, 'doctor --redis tells more, where Redis can be reached'),
  );
}

function clock(response: Response): Finding[] {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(theirs) ? [] : [clockFinding('the producer', theirs - Date.now(), dateToleranceMs)];
}

async function consumers(queue: SessionQueue, token: string | undefined): Promise<Finding[]> {
  try {
    const names = await queue.consumers();
    const accepted = ok(token === undefined ? 'It takes calls without a token' : 'It takes the token');
    if (names.length > 0) return [accepted, ok(`Consumers: ${names.join(', ')}`)];
    return [accepted, warn('No worker has announced a consumer yet', 'start a worker, on the same Redis and prefix')];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isToken = error.code === 'unauthorized' || error.code === 'forbidden';
    const remedy = isToken
      ? 'check the token (SESSION_QUEUE_TOKEN), and what it may do'
      : 'bring the producer and this program to one version';
    return [bad(describeRefusal(error), remedy)];
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
