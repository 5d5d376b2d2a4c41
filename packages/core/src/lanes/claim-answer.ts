import { type Batch, batchOf, fieldsOf } from './batch.ts';
import type { ConsumerKeys } from './keys.ts';

/** The right to send one batch, while its slot's lease stands. */
export interface Claim {
  batch: string;
  claims: string;
  slot: string;
}

/** A claim with what is needed to send it. */
export interface Grant {
  claim: Claim;
  batch: Batch;
  /** The items as they lie in Redis, for `readItemTexts`. */
  packed: Buffer[];
  /** When its slot is free, on `performance.now()`'s clock: no call may leave before (invariant 3). */
  notBefore: number;
}

export type ClaimAnswer =
  | ({ is: 'batch' } & Grant)
  /** No slot is free, or a fuller batch is worth waiting for. */
  | { is: 'wait'; ms: number }
  | { is: 'stopped'; ms: number }
  /** Nothing to claim; a retry is due in `ms`, when given. */
  | { is: 'empty'; ms: number | undefined };

/** Reads the answer of claim.lua, right when it has arrived: `notBefore` counts from now. */
export function parseClaimAnswer(keys: ConsumerKeys, reply: unknown): ClaimAnswer {
  const arrivedAt = performance.now();
  const [is, first, claims, slot, sendInMs, fields, items] = listOf(reply);
  if (String(is) !== 'batch') {
    const ms = Number(first);
    if (String(is) === 'empty') return { is: 'empty', ms: ms < 0 ? undefined : ms };
    return { is: String(is) === 'stopped' ? 'stopped' : 'wait', ms };
  }
  const id = String(first);
  const batch = batchOf(keys, id, fieldsOf(fields));
  if (batch === undefined) throw new Error(`the batch ${id} was claimed and has no record`);
  // Nothing else keeps the call until its slot is free.
  const waitMs = Number(sendInMs);
  if (sendInMs === undefined || !(waitMs >= 0)) throw new Error(`the batch ${id} was claimed without its time`);
  const claim = { batch: id, claims: String(claims), slot: String(slot) };
  const packed = listOf(items).filter((item) => Buffer.isBuffer(item));
  return { is: 'batch', claim, batch, packed, notBefore: arrivedAt + waitMs };
}

function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : [];
}
