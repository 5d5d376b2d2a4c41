import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { packedSessionId } from '../requests/packing.ts';
import { requestStates } from '../requests/request.ts';
import { newestFirst, type SessionRequest, sessionOutcomes } from './session-request.ts';

const local = (name: string) => new URL(`./${name}.lua`, import.meta.url);
const findScript = consumerScript(local('table'), local('find'));

const foundSchema = z.array(
  z.tuple([z.string(), z.enum(requestStates), z.int().min(0).max(6), z.coerce.number(), z.string()]),
);

/** The requests of some consumers that a session is in, the newest first; at most eight of a consumer, the newest. */
export async function findSession(consumers: readonly ConsumerKeys[], sessionId: string): Promise<SessionRequest[]> {
  const packed = packedSessionId(sessionId);
  const found = await Promise.all(consumers.map((keys) => findIn(keys, packed)));
  return found.flat().sort(newestFirst);
}

async function findIn({ redis, base, consumer }: ConsumerKeys, packed: Buffer): Promise<SessionRequest[]> {
  const found = foundSchema.parse(await findScript.run(redis, [base], [packed]));
  return found.map(([id, state, code, created, finished]) => ({
    id,
    kind: 'deletion',
    consumer,
    state,
    outcome: sessionOutcomes[code] ?? 'waiting',
    createdAt: new Date(created).toISOString(),
    ...(finished !== '' && { finishedAt: new Date(Number(finished)).toISOString() }),
  }));
}
