import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';
import { Refusal } from './refusal.ts';

const approveScript = consumerScript(new URL('./scripts/approve.lua', import.meta.url));

/** Who approves of a deletion, and why. */
export interface Approval {
  by: string;
  reason?: string | undefined;
}

/** Notes a second person's approval. Refuses with `conflict` that of whoever asked, and of what waits for none. */
export async function approveRequest(keys: ConsumerKeys, id: string, { by, reason = '' }: Approval): Promise<void> {
  const reply = await approveScript.run(keys.redis, [keys.base], [id, by, reason]);
  const [outcome, state] = Array.isArray(reply) ? reply.map(String) : [];
  if (outcome === 'approved') return;
  if (outcome === 'asker') {
    throw new Refusal('conflict', 'who asked for a deletion cannot approve of it: a second person must');
  }
  throw new Refusal('conflict', `this request is ${state}: it waits for no approval`);
}
