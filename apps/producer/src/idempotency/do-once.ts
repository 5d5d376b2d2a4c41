import { randomUUID } from 'node:crypto';
import { type Watch, whileMoving } from '../server/deadline.ts';
import type { IdempotencyRecords } from './idempotency-records.ts';
import { type OnceAnswer, runOnce } from './run-once.ts';

export interface Doing {
  /** Name of the record of its Idempotency-Key. */
  name: string | undefined;
  digest: () => string;
  /** The digest does not cover the items: what was done already under this key is compared with them. */
  comparesItems?: boolean;
  resumable?: boolean;
  /** Told the id of what is made, before the first word with Redis and again where the key has another one already. */
  onId?: (id: string) => void;
  /**
   * Makes it under this id; resolves to the answer once it is durable. The same again is safe, and nothing but a comparison where an
   * earlier call has made it.
   */
  work: (id: string, watch: Watch, isComparison: boolean) => Promise<string>;
}

/** Makes something as long as it moves, and at most once under its Idempotency-Key where it has one. */
export async function doOnce(
  { idempotency, silenceMs }: { idempotency: IdempotencyRecords; silenceMs: number },
  { name, digest, comparesItems = false, resumable = false, onId: onBegun = () => undefined, work }: Doing,
): Promise<OnceAnswer> {
  const requestId = randomUUID();
  onBegun(requestId);
  return await whileMoving(silenceMs, async (watch) => {
    if (name === undefined) return { requestId, answer: await work(requestId, watch, false), replayed: false };
    const once = { name, digest: digest(), requestId, watch, onBegun, comparesItems, resumable };
    return await runOnce(idempotency, once, (id, isComparison) => work(id, watch, isComparison));
  });
}
