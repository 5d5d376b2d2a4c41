import { type Batch, batchOf, fieldsOf } from './batch.ts';
import type { ConsumerKeys } from './keys.ts';
import { consumerScript } from './script-files.ts';

const takeOverScript = consumerScript(new URL('./take-over.lua', import.meta.url));

/** So long a replica may take to put right what it took over; then another does. */
const leaseMs = 5_000;

/**
 * Takes a batch whose lease ran out, as a claim of one's own: from here on no other replica gives it back, and whoever held it begins
 * nothing. `undefined` when somebody else has it, or has put it right.
 */
export async function takeOver(keys: ConsumerKeys, id: string): Promise<Batch | undefined> {
  const reply = await takeOverScript.run(keys.redis, [keys.base], [id, leaseMs]);
  return batchOf(keys, id, fieldsOf(reply));
}
