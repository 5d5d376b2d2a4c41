import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LearnosityClient, LearnosityError } from '@session-queue/core';
import { type ConsumerKeys, type FetchSessionsPage, freePageSlot, type QuotaLimits } from '@session-queue/core/engine';
import { backoffMs } from './sender/backoff.ts';

export interface MetadataOptions {
  keys: ConsumerKeys;
  client: LearnosityClient;
  /** Of the metadata endpoint. */
  quota: QuotaLimits;
  signal: AbortSignal;
}

const afterConsumerFaultMs = 60_000;

/** How long to let a page rest that could not be read, and that has failed so many times before. */
export function restAfter({ decision }: LearnosityError, failures: number, { windowMs }: QuotaLimits): number {
  if (decision === 'quota') return windowMs;
  return decision === 'consumer' ? afterConsumerFaultMs : backoffMs(failures);
}

/** Asks for a slot, again and again under its name; throws when nobody wants the page any more. */
export type TakeSlot = (slot: string) => Promise<{ is: 'slot' } | { is: 'wait'; ms: number }>;

/** One page of metadata: takes a slot, waits for it where need be, asks, and frees it. */
export async function metadataPage(
  { keys, client, quota, signal }: MetadataOptions,
  takeSlot: TakeSlot,
  ...[filter, options]: Parameters<FetchSessionsPage>
): ReturnType<FetchSessionsPage> {
  const slot = randomUUID();
  for (;;) {
    const answer = await takeSlot(slot);
    if (answer.is === 'slot') break;
    await sleep(answer.ms, undefined, { signal }).catch(() => undefined);
  }
  try {
    const page = await client.listSessions(filter, { ...options, signal });
    await freePageSlot(keys, slot, page, quota);
    return page;
  } catch (error) {
    if (error instanceof LearnosityError) {
      const msSinceHeaders = error.headersArrived ? error.msSinceHeaders : undefined;
      await freePageSlot(keys, slot, { msSinceHeaders, overQuota: error.decision === 'quota' }, quota);
    }
    throw error;
  }
}
