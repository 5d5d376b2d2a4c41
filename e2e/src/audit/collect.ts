import type { RequestView } from '@session-queue/core';
import { bullPrefix, queueNames, type RedisConnection } from '@session-queue/core';
import { Cluster, type Redis } from 'ioredis';
import { itemMarkers } from '../load/asks.ts';
import { secretMarker } from '../world/consumers.ts';
import type { World } from '../world/world.ts';
import type { Evidence, LeftKey, ProcessEvidence, RequestEvidence } from './evidence.ts';
import { keysWithItems } from './keys-with-items.ts';
import { readLanes } from './read-lanes.ts';
import { readProof } from './read-proof.ts';
import { readSessions } from './read-sessions.ts';

const forbidden = [itemMarkers.id, itemMarkers.submission, itemMarkers.submissionBase64, secretMarker];

/** Looks at everything once the world is quiet. It changes nothing. */
export async function collectEvidence(world: World): Promise<Evidence> {
  const { deliveries } = world.load;
  const requests = new Map<string, RequestEvidence>();
  for (const { request } of deliveries) {
    const evidence =
      request === undefined ? undefined : (world.kept.get(request) ?? (await requestEvidence(world, request)));
    if (evidence !== undefined) requests.set(evidence.view.id, evidence);
  }
  return {
    deliveries,
    requests,
    sessions: await readSessions(world),
    lanes: await readLanes(world),
    proof: await readProof(world),
    isAllCounted: world.options.begins === undefined,
    books: await world.fake.fullBooks(),
    quotas: world.quotas,
    calls: world.calls,
    recorded: world.recorded,
    keys: (await Promise.all(nodesOf(world.data).map(leftKeys))).flat(),
    lines: world.log.lines,
    keysWithItems: (await Promise.all(nodesOf(world.data).map((redis) => keysWithItems(redis, forbidden)))).flat(),
    forbidden,
    processes: processEvidence(world),
    faults: world.faults.faults,
    foreign429: world.foreign429,
    foreignCalls: world.foreignCalls,
    agedReferences: world.agedReferences,
    forgotten: world.forgotten,
    objections: world.objections,
  };
}

/** What a request says of itself; `undefined` when nobody knows of it. */
export async function requestEvidence(world: World, id: string): Promise<RequestEvidence | undefined> {
  const view = await world.client.getRequest(id);
  if (view === undefined) return undefined;
  return { view, failed: await listed(world, view, 'failed'), parked: await listed(world, view, 'parked') };
}

async function listed(world: World, { id, counts }: RequestView, state: 'failed' | 'parked'): Promise<string[]> {
  const items: string[] = [];
  let next: string | undefined;
  if (counts[state] === 0) return items;
  do {
    const page = await world.client.listItems(id, state, { limit: 1_000, ...(next === undefined ? {} : { next }) });
    items.push(...page.items.map(({ item }) => item));
    next = page.next;
  } while (next !== undefined);
  return items;
}

function nodesOf(data: RedisConnection): Redis[] {
  return data instanceof Cluster ? data.nodes('master') : [data];
}

async function leftKeys(redis: Redis): Promise<LeftKey[]> {
  const left: LeftKey[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    cursor = next;
    left.push(...(await Promise.all(keys.map((key) => leftKey(redis, key)))));
  } while (cursor !== '0');
  return left;
}

async function leftKey(redis: Redis, key: string): Promise<LeftKey> {
  const [type, ttlMs] = await Promise.all([redis.type(key), redis.pttl(key)]);
  const entries =
    type === 'list'
      ? await redis.llen(key)
      : type === 'zset'
        ? await redis.zcard(key)
        : type === 'set'
          ? await redis.scard(key)
          : 0;
  return { key, ttlMs, entries };
}

/** What a worker that does its work takes steps in, or waits in, as the taps name it. */
const sourcesOfWork: readonly { step: string; name: string }[] = [
  { step: 'claim', name: 'its lanes' },
  ...Object.values(queueNames).flatMap(({ requests, batches }) =>
    [requests, batches].map((queue) => ({
      step: `bzpopmin ${bullPrefix('session-queue')}:${queue}:marker`,
      name: `the queue ${queue}`,
    })),
  ),
];

function processEvidence({ workers, producers, dashboard, fake, steps, faults }: World): ProcessEvidence[] {
  const since = faults.faults.at(-1)?.endedAt ?? 0;
  const deaf = (name: string) => sourcesOfWork.filter(({ step }) => !steps.isActive(name, step, since));
  const ended = (one: { endedByItself: boolean; ending: unknown; lastLines: string }) =>
    one.endedByItself ? `${JSON.stringify(one.ending)}: ${one.lastLines}` : undefined;
  return [
    ...workers.map(({ name, runs, isAlive }) => ({
      name,
      endedByItself: runs.map(ended).find((text) => text !== undefined),
      deafTo: isAlive ? deaf(name).map((source) => source.name) : [],
    })),
    ...[...producers, dashboard?.app].flatMap((app) =>
      app === undefined
        ? []
        : [{ name: app.name, endedByItself: app.runs.map(ended).find((text) => text !== undefined), deafTo: [] }],
    ),
    { name: 'learnosity', endedByItself: ended(fake.child), deafTo: [] },
  ];
}
