import { setTimeout as sleep } from 'node:timers/promises';
import { finalStates, type RequestView } from '@session-queue/core';
import { itemMarkers, ways } from '../load/asks.ts';
import type { Delivery } from '../load/delivery.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import type { Point } from '../tap/points.ts';
import type { WorldConsumer } from '../world/consumers.ts';
import type { World } from '../world/world.ts';
import { killAt } from './kill-at-points.ts';
import type { Scenario } from './scenario.ts';
import { killApp, killRedis } from './short-faults.ts';

const sessionsOfOne = 300;
/** Past the lease of a journal (30 s), and well past the lock of its archive. */
const sleepMs = 33_000;
/** Whoever kept a journal was killed: its lease, and the lock of its archive, have to run out before another keeps it. */
const tookOverWithinMs = 90_000;
const doneWithinMs = 90_000;

/** Every step of looking before, asking afterwards, and of the journal. */
const points: readonly Point[] = [
  'record-look',
  'record-check',
  'take-pieces',
  'append',
  'archived',
  'store-certificate',
].flatMap((step): Point[] => [
  { step, when: 'before', by: 'worker' },
  { step, when: 'after', by: 'worker' },
]);

export const erasure: Scenario = {
  name: 'erasure',
  about:
    'kill -9 and sleep at every step of verification, journal and certificates; journal and certificates must prove it all',
  world: {
    consumers: 2,
    isProving: true,
    verification: { deletions: 'always', afterSeconds: 1, forSeconds: 60 },
    load: { kinds: ['deletion'] },
  },
  async run(world, random) {
    await world.fake.script({ fault: 'slowRemoval', min: 500, max: 3_000 });
    const asked = await askForShown(world, random);
    const selected = await Promise.all(world.consumers.map((consumer) => deleteSelected(world, random, consumer)));
    for (const point of points) await killAt(world, point, undefined, tookOverWithinMs);
    for (const when of ['before', 'after'] as const) await sleepAtJournal(world, when);
    await world.fault('kill -9 of Redis', async () => await killRedis(world, random));
    await world.fault('kill -9 of a worker', async () => await killApp(random.pick(world.workers), world, random));
    for (const delivery of asked) await untilVerified(world, delivery, 1);
    for (const delivery of selected) await untilVerified(world, delivery, sessionsOfOne);
    for (const delivery of asked) await staysDeleted(world, delivery);
  },
};

/** Lists of sessions that Learnosity shows, on each way in. */
async function askForShown(world: World, random: Random): Promise<Delivery[]> {
  const asks = world.consumers.flatMap(({ name: consumer }) =>
    ways.map((way) => ownAsk(random, { name: `shown-${way}-${consumer}`, way, consumer, items: sessionsOfOne })),
  );
  for (const { items } of asks) await show(world, items, {});
  return await Promise.all(asks.map(async (ask) => await world.load.ask(ask)));
}

async function show({ fake }: World, ids: readonly string[], what: { activityId?: string }): Promise<void> {
  await fake.giveSessions(ids.map((sessionId) => ({ sessionId, ...what })));
}

/** All sessions of an activity, as they were previewed. */
async function deleteSelected(world: World, random: Random, { name: consumer }: WorldConsumer): Promise<Delivery> {
  const activityId = `activity-${consumer}`;
  const items = Array.from({ length: sessionsOfOne }, () => `${itemMarkers.id}${random.uuid().slice(8)}`);
  await show(world, items, { activityId });
  const { client } = world;
  const { id: selection } = await client.select({ consumer, filter: { activityIds: [activityId] } });
  await world.until(`${activityId} is selected`, async () => (await client.getSelection(selection)).state === 'ready');
  const { digest, count } = await client.getSelection(selection);
  const name = `selected-${consumer}`;
  const chosen = { selection, expectDigest: digest ?? '', expectCount: count };
  const { id: request, counts } = await client.deleteSelection({ ...chosen, id: name, requestedBy: 'faults' });
  const ask = {
    name,
    way: 'library',
    kind: 'deletion',
    consumer,
    ignoring: false,
    items,
    bad: new Set<string>(),
  } as const;
  const delivery: Delivery = { ask, outcome: 'promised', request, total: counts.total, heard: ['promised'] };
  world.load.deliveries.push(delivery);
  return delivery;
}

/** Whoever keeps a journal sleeps until another keeps it, and wakes with what it was about to write. */
async function sleepAtJournal(world: World, when: 'before' | 'after'): Promise<void> {
  const armed = world.at({ step: 'append', when, by: 'worker' }, ({ who }) => {
    world.app(who).sleep();
    return 'pass';
  });
  const { who } = await world.reached(`${when} append`, armed, tookOverWithinMs);
  await world.fault(`${who} sleeps past its lease ${when} it appends to a journal, then wakes`, async () => {
    await world.pause(sleepMs);
    world.app(who).wake();
  });
}

/** At least so many of its sessions: of a list, what the lane took before anybody had looked for it is unverifiable. */
async function untilVerified(world: World, { request, ask }: Delivery, least: number): Promise<void> {
  const isVerified = async () => {
    const { state, verification } = await viewOf(world, request);
    return finalStates.has(state) && verification?.state !== 'waiting';
  };
  await world.until(`${ask.name} is verified`, isVerified, doneWithinMs).catch(() => undefined);
  const { state, counts, verification } = await viewOf(world, request);
  const { verified = 0, unverifiable = 0 } = verification ?? {};
  if (verified < least || verified + unverifiable !== counts.total)
    world.objections.push(`${ask.name} is not verified: ${JSON.stringify({ state, counts, verification })}`);
}

/** Asked for again it costs no call, and what would bring one of its sessions back is refused. */
async function staysDeleted(world: World, { ask }: Delivery): Promise<void> {
  const { name, consumer, items } = ask;
  const again = await world.client.deleteSessions({ consumer, id: `again-${name}`, sessionIds: items });
  const { counts } = await untilEnded(world, again.id);
  if (counts.alreadyDeleted !== items.length)
    world.objections.push(`${name}: asked for again, ${counts.alreadyDeleted} of ${items.length} are already deleted`);
  const submission = { session_id: items[0], responses: [] };
  const submissions = [Buffer.from(JSON.stringify(submission)).toString('base64')];
  const { id } = await world.client.resubmit({ consumer, submissions });
  const { state } = await untilEnded(world, id);
  if (state !== 'failed') world.objections.push(`${name}: a submission of a deleted session is ${state}`);
}

async function untilEnded(world: World, request: string | undefined): Promise<RequestView> {
  for (const from = Date.now(); Date.now() - from < doneWithinMs; await sleep(100)) {
    const view = await viewOf(world, request);
    if (finalStates.has(view.state)) return view;
  }
  throw new Error(`${request} did not end within ${doneWithinMs / 1_000} s`);
}

async function viewOf({ client }: World, request: string | undefined): Promise<RequestView> {
  const view = await client.getRequest(request ?? '');
  if (view === undefined) throw new Error(`nobody knows of the request ${request}`);
  return view;
}
