import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { unpackSessionId } from '../requests/packing.ts';

const local = (name: string) => new URL(`./scripts/${name}.lua`, import.meta.url);
const takeScript = consumerScript(local('seen'), local('take-look'));
const recordScript = consumerScript(local('seen'), local('record-look'));

/** One page: a session that is there shows in it, and needs no other. */
const mostSessions = 50;
/** How long pending sessions are a worker's own: a call and its late arrival. */
const leaseMs = 30_000;

/** Pending sessions of a deletion that Learnosity is asked for before they go out. */
export interface LookBefore {
  request: string;
  /** The number of the first, in the order in which the request's items were put in line. */
  first: number;
  sessionIds: readonly string[];
}

export type LookBeforeClaim = { is: 'look'; look: LookBefore } | { is: 'empty'; ms: number | undefined };

/** Takes the next 50 of the deletion whose turn it is. */
export async function takeLookBefore(keys: ConsumerKeys, token: string): Promise<LookBeforeClaim> {
  const reply = await takeScript.runBuffer(keys.redis, [keys.base], [token, leaseMs, mostSessions]);
  const [is, request, first, ...items]: unknown[] = Array.isArray(reply) ? reply : [];
  if (String(is) !== 'look') return { is: 'empty', ms: Number(request) < 0 ? undefined : Number(request) };
  const sessionIds = items.filter((item) => Buffer.isBuffer(item)).map(unpackSessionId);
  return { is: 'look', look: { request: String(request), first: Number(first), sessionIds } };
}

/** Writes down which were shown; without an answer they are looked for again in `nextMs`. `false` when somebody else looks by now. */
export async function recordLookBefore(
  keys: ConsumerKeys,
  token: string,
  { request, first, sessionIds }: LookBefore,
  answer: { shown: ReadonlySet<string> } | { nextMs: number },
): Promise<boolean> {
  const shown = 'shown' in answer ? answer.shown : undefined;
  const indexes = [...sessionIds.keys()].filter((index) => shown?.has(sessionIds[index] ?? '') === true);
  const nextMs = 'nextMs' in answer ? Math.round(answer.nextMs) : 0;
  const args = [request, token, first, sessionIds.length, nextMs, shown === undefined ? 0 : 1, ...indexes];
  return (await recordScript.run(keys.redis, [keys.base], args)) === 1;
}
