import type { ConsumerKeys } from '../../../src/lanes/keys.ts';
import { unpackSessionId } from '../../../src/requests/packing.ts';
import type { Kind } from '../../../src/requests/request.ts';

/** A request's record and lists. Items are session ids, or the numbers of submissions. */
export interface RequestPlaces {
  id: string;
  fields: Record<string, string>;
  pending: string[];
  parked: string[];
  failed: string[];
  payloads: string[];
  /** The batches that its items went into. */
  batches: string[];
  /** How many of its items lie in a list, by '<list> <code>'. */
  codes: Record<string, string>;
}

export interface BatchPlaces {
  id: string;
  fields: Record<string, string>;
  members: { request: string; item: string }[];
}

/** Everything that Redis has of one lane: where each item is, and what stands in which queue. */
export interface Places {
  now: number;
  requests: RequestPlaces[];
  batches: BatchPlaces[];
  lane: Record<string, string>;
  /** What is counted of the lane, by figure. */
  figures: Record<string, string>;
  /** Members of each zset with their scores. */
  queues: Record<QueueName, Map<string, number>>;
  open: string[];
}

const queueNames = [
  'rotation',
  'rotation:ignoring',
  'ready',
  'halves',
  'leases',
  'due',
  'lost',
  'finish',
  'opened',
  'slots',
] as const;
export type QueueName = (typeof queueNames)[number];

/** Reads it all, from the lists themselves. */
export async function readPlaces(keys: ConsumerKeys, kind: Kind): Promise<Places> {
  const { redis, base } = keys;
  const names = (await redis.keys(`${base}*`)).map((key) => key.slice(base.length)).sort();
  const idsOf = (what: string) =>
    names.flatMap((name) => {
      const [first, id, rest] = name.split(':');
      return first === what && id !== undefined && rest === undefined ? [id] : [];
    });
  const nameItem = (packed: Buffer) =>
    kind === 'deletion' ? unpackSessionId(packed) : packed.toString('latin1', 0, packed.indexOf(':'));
  const nameEntry = (entry: Buffer) => nameItem(entry.subarray(entry.indexOf(10) + 1));

  const readRequest = async (id: string): Promise<RequestPlaces> => {
    const key = `${base}request:${id}`;
    const [fields, items, parked, failed, payloads, into, codes] = await Promise.all([
      redis.hgetall(key),
      redis.lrangeBuffer(`${key}:items`, 0, -1),
      redis.lrangeBuffer(`${key}:parked`, 0, -1),
      redis.lrangeBuffer(`${key}:failures`, 0, -1),
      redis.hkeys(`${key}:payloads`),
      redis.lrange(`${key}:batches`, 0, -1),
      redis.hgetall(`${key}:codes`),
    ]);
    const lists = { pending: items.map(nameItem), parked: parked.map(nameEntry), failed: failed.map(nameEntry) };
    return { id, fields, ...lists, payloads, batches: into, codes };
  };
  const readBatch = async (id: string): Promise<BatchPlaces> => {
    const [fields, items] = await Promise.all([
      redis.hgetall(`${base}batch:${id}`),
      redis.lrangeBuffer(`${base}batch:${id}:items`, 0, -1),
    ]);
    const shares = JSON.parse(fields.shares ?? '[]') as [string, number][];
    const owners = shares.flatMap(([request, n]) => Array.from({ length: n }, () => request));
    const named = items.map(nameItem);
    if (owners.length !== named.length) throw new Error(`batch ${id} has ${named.length} items for ${owners.length}`);
    return { id, fields, members: owners.map((request, index) => ({ request, item: named[index] ?? '' })) };
  };
  const readQueue = async (name: QueueName): Promise<[QueueName, Map<string, number>]> => {
    const shared = /^(leases|due|lost|finish)$/.test(name);
    const key = name === 'slots' ? `slots:${kind}` : shared ? name : `${kind}:${name}`;
    const flat = await redis.zrange(`${base}${key}`, '0', '-1', 'WITHSCORES');
    const pairs = flat.flatMap((member, index): [string, number][] =>
      index % 2 === 0 ? [[member, Number(flat[index + 1])]] : [],
    );
    return [name, new Map(pairs.filter(([member]) => member !== 'anchor'))];
  };

  const [time, requests, batches, lane, counted, queues, open] = await Promise.all([
    redis.time(),
    Promise.all(idsOf('request').map(readRequest)),
    Promise.all(idsOf('batch').map(readBatch)),
    redis.hgetall(`${base}${kind}:lane`),
    redis.hgetall(`${base}figures`),
    Promise.all(queueNames.map(readQueue)),
    redis.smembers(`${base}open`),
  ]);
  const [seconds = 0, microseconds = 0] = time.map(Number);
  const now = seconds * 1_000 + Math.floor(microseconds / 1_000);
  const figures = Object.fromEntries(
    Object.entries(counted).map(([figure, n]): [string, string] => [figure.replace(`${kind}:`, ''), n]),
  );
  const all = { now, requests, batches, lane, figures, open: open.sort() };
  return { ...all, queues: Object.fromEntries(queues) as Places['queues'] };
}

/** The same without what time alone changes: two of them are equal when nothing happened in between. */
export function timeless({ requests, batches, lane, figures, queues, open }: Places): unknown {
  const steady = (fields: Record<string, string>) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !name.endsWith('At')));
  const members = Object.fromEntries(
    queueNames.map((name) => [name, name.startsWith('rotation') ? [...queues[name]] : [...queues[name].keys()].sort()]),
  );
  return {
    requests: requests.map((request) => ({ ...request, fields: steady(request.fields) })),
    batches: batches.map((batch) => ({ ...batch, fields: steady(batch.fields) })),
    lane: steady(lane),
    figures,
    members,
    open,
  };
}

export function slotless(places: Places): Places {
  return { ...places, queues: { ...places.queues, slots: new Map() } };
}
