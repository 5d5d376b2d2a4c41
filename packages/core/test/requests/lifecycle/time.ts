import { readBatch } from '../../../src/lanes/batch.ts';
import type { ConsumerKeys } from '../../../src/lanes/keys.ts';
import type { GiveBack, Lane } from '../../../src/lanes/lane.ts';
import { loseBatch } from '../../../src/lanes/looking.ts';
import type { Kind } from '../../../src/requests/request.ts';
import { ageCalls, lookTimes } from './looks.ts';
import type { Places } from './places.ts';

export function backOf(cause: GiveBack['cause']): GiveBack {
  return { cause, code: 'code', message: 'message', dueInMs: 0 };
}

/** Windows, backoffs, blocks and probes are over; leases are not. */
export async function letTimePass(keys: ConsumerKeys, kind: Kind, places: Places): Promise<void> {
  const { redis, base } = keys;
  await ageCalls(keys);
  const underWay = places.batches.filter(({ fields }) => /^(claimed|sending)$/.test(fields.state ?? ''));
  const held = new Set(underWay.map(({ fields }) => fields.slot));
  for (const slot of places.queues.slots.keys()) if (!held.has(slot)) await redis.zrem(`${base}slots:${kind}`, slot);
  for (const queue of ['ready', 'halves'] as const) {
    for (const id of places.queues[queue].keys()) await redis.zadd(`${base}${kind}:${queue}`, 'XX', 0, id);
  }
  await redis.hdel(`${base}quota`, `blocked:${kind}`);
  if (places.lane.claimedAt !== undefined) await redis.hset(`${base}${kind}:lane`, 'claimedAt', 0);
  for (const fingerprint of await redis.hkeys(`${base}${kind}:stops`))
    await redis.hset(`${base}${kind}:stops`, fingerprint, 0);
}

/** All leases run out with their slots, and the reconciler puts back what they held. */
export async function expireLeases(lane: Lane, places: Places): Promise<void> {
  const { redis, base } = lane.keys;
  for (const slot of places.queues.slots.keys()) await redis.zrem(`${base}slots:${lane.kind}`, slot);
  for (const id of places.queues.leases.keys()) {
    const batch = await readBatch(lane.keys, id);
    if (batch === undefined) throw new Error(`no batch ${id}`);
    const claim = { batch: id, claims: batch.claims, slot: batch.slot };
    if (batch.state === 'sending' && lane.options.exclusive) {
      const reason = { code: 'code', message: 'message', times: lookTimes };
      if ((await loseBatch(lane, claim, { how: 'keep' }, reason)) === 'lost') continue;
    }
    if (batch.state === 'sending' && batch.ignoring) {
      const outcomes = Array.from({ length: batch.size }, () => 'parked' as const);
      await lane.resolve(id, { claims: batch.claims }, { outcomes, code: 'unknown', message: 'unknown' });
    } else {
      await lane.giveBack(claim, { how: 'keep' }, backOf(batch.state === 'sending' ? 'unknown' : 'unsent'));
    }
  }
}
