import { unpackSessionId } from '../requests/packing.ts';
import type { Kind } from '../requests/request.ts';
import { batchKey, type ConsumerKeys, requestKey } from './keys.ts';

export type BatchState = 'ready' | 'claimed' | 'sending' | 'lost' | 'submitted' | 'settled' | 'split';

export interface Share {
  request: string;
  items: number;
}

/** A batch's record. Its members are fixed (invariant 4); `shares` says which items are whose, in their order. */
export interface Batch {
  id: string;
  kind: Kind;
  consumer: string;
  state: BatchState;
  size: number;
  shares: Share[];
  /** Learnosity's ignore_response_revisions: all of its items have it or none. */
  ignoring: boolean;
  attempts: number;
  claims: string;
  slot: string;
  /** Failed sends that were nobody's fault, and the lane's successes when the batch was made. */
  failures: number;
  successesBefore: number;
  /** How often it came from a split, and how often its job was halted. */
  depth: number;
  halts: number;
  reference: string | undefined;
  /** The answer with the reference was lost, and the job was found among recent ones. */
  reattached: boolean;
  /** Of a lost batch: how often its job was looked for. */
  looks: number;
  /** Once settled: how many of its items went which way. */
  outcome: {
    succeeded: number;
    absent: number;
    alreadyDeleted: number;
    failed: number;
    cancelled: number;
    parked: number;
  };
  children: string[];
  lastCode: string | undefined;
  lastMessage: string | undefined;
}

/** Reads a batch's record; `undefined` when it is gone. */
export async function readBatch(keys: ConsumerKeys, id: string): Promise<Batch | undefined> {
  return batchOf(keys, id, await keys.redis.hgetall(batchKey(keys, id)));
}

/** A batch from the fields of its record; `undefined` when there is none. */
export function batchOf(keys: ConsumerKeys, id: string, record: Record<string, string>): Batch | undefined {
  if (record.kind === undefined) return undefined;
  const count = (field: string) => Number(record[field] ?? 0);
  return {
    id,
    kind: record.kind as Kind,
    consumer: keys.consumer,
    state: record.state as BatchState,
    size: count('size'),
    shares: sharesOf(record.shares),
    ignoring: record.ignoring === '1',
    attempts: count('attempts'),
    claims: record.claims ?? '0',
    slot: record.slot ?? '',
    failures: count('failures'),
    successesBefore: count('successes'),
    depth: count('depth'),
    halts: count('halts'),
    reference: record.reference,
    reattached: record.reattached !== undefined,
    looks: count('looks'),
    outcome: {
      succeeded: count('succeeded'),
      absent: count('absent'),
      alreadyDeleted: count('alreadyDeleted'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      parked: count('parked'),
    },
    children: (record.children ?? '').split(' ').filter(Boolean),
    lastCode: record.lastCode,
    lastMessage: record.lastMessage,
  };
}

/** The fields of a record from a script's answer. */
export function fieldsOf(reply: unknown): Record<string, string> {
  const texts = Array.isArray(reply) ? reply.map(String) : [];
  return Object.fromEntries(texts.flatMap((text, i) => (i % 2 ? [[texts[i - 1], text]] : [])));
}

/** Shares from how they lie in a record. */
export function sharesOf(text = '[]'): Share[] {
  return (JSON.parse(text) as [string, number][]).map(([request, items]) => ({ request, items }));
}

/**
 * The items of a batch as Learnosity gets them, from how they lie in its list: session ids, or submissions (`undefined` where a
 * text is gone from Redis).
 */
export async function readItemTexts(
  keys: ConsumerKeys,
  batch: Batch,
  packed: readonly Buffer[],
): Promise<(string | undefined)[]> {
  if (batch.kind === 'deletion') return packed.map(unpackSessionId);
  const texts: (string | undefined)[] = [];
  let from = 0;
  for (const share of batch.shares) {
    const descriptors = packed.slice(from, from + share.items).map(String);
    texts.push(...(await readSubmissions(keys, share.request, descriptors)));
    from += share.items;
  }
  return texts;
}

/** The texts behind `<number>:<size>` descriptors of one request. */
export async function readSubmissions(
  keys: ConsumerKeys,
  request: string,
  descriptors: string[],
): Promise<(string | undefined)[]> {
  if (descriptors.length === 0) return [];
  const numbers = descriptors.map((descriptor) => descriptor.slice(0, descriptor.indexOf(':')));
  const texts = await keys.redis.hmget(`${requestKey(keys, request)}:payloads`, ...numbers);
  return texts.map((text) => text ?? undefined);
}
