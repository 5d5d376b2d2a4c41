import type { RequestView } from '@session-queue/core';
import { checkFigures } from '../audit/check-figures.ts';
import { isAtItsEnd } from '../audit/fates.ts';
import { readLanes } from '../audit/read-lanes.ts';
import { badPrefix } from '../load/asks.ts';
import type { Delivery } from '../load/delivery.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import type { App } from '../world/app.ts';
import { drainGraceMs } from '../world/apps.ts';
import { buildOldRelease } from '../world/old-release.ts';
import { ownRelease } from '../world/release.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { untilBusyAgain } from './strike.ts';

/** Some rounds of every replica: each has seen what the others do. */
const sideBySideMs = 8_000;
/** The grace, and so long for closing (apps/worker/src/main.ts). */
const stopsWithinMs = drainGraceMs + 15_000;
const doneWithinMs = 60_000;

export const upgrade: Scenario = {
  name: 'upgrade',
  about: 'replicas of an older release are replaced one after another, put back, and replaced all at once',
  world: { workers: 2, consumers: 2 },
  async prepare() {
    const old = await buildOldRelease();
    if ('notHere' in old) return old;
    return { world: { begins: old }, end: async () => await old.end() };
  },
  async run(world, random) {
    const old = [...world.workers, world.producer];
    const kept = await keepRequests(world, random);
    const added = [await world.addWorker({}, ownRelease), await world.addWorker({}, ownRelease)];
    const current = [...added, await world.addProducer(ownRelease)];
    await workSideBySide(world, [old, current]);
    await stopEach(world, old);
    await untilBusyAgain(world);
    await untilFiguresAgree(world);
    await retryFailed(world, kept.failing);

    const late = await holdRequest(world, random, 'late');
    for (const app of old) await app.start();
    await workSideBySide(world, [old, current]);
    await stopEach(world, current);
    // The old release alone carries out what both have written.
    for (const delivery of [kept.held, late]) await change(world, delivery, 'release');
    for (const delivery of [kept.held, late]) await untilView(world, delivery, 'at its end', isAtItsEnd);

    await world.fault('all replicas are replaced at once', async () => {
      await Promise.all(old.map((app) => stop(world, app)));
      await Promise.all(current.map((app) => app.start()));
    });
    await untilBusyAgain(world);
    expectSentOnce(world);
  },
};

/** What lies in Redis from the old release on, beside the load: a held request, one with a failed item, and parked items of each consumer. */
async function keepRequests(world: World, random: Random): Promise<{ held: Delivery; failing: Delivery }> {
  for (const { name: consumer } of world.consumers) {
    const ask = ownAsk(random, {
      name: `parked-${consumer}`,
      way: 'http',
      consumer,
      items: 3,
      kind: 'resubmission',
      ignoring: true,
    });
    const match = { endpoint: 'resubmission' as const, holding: [...ask.items] };
    const cut = await world.fake.script({ fault: 'cut', effect: true, times: 1, match });
    const delivery = await world.load.ask(ask);
    await untilView(world, delivery, 'parked', ({ counts }) => counts.parked > 0);
    await cut.remove();
  }
  const ask = ownAsk(random, { name: 'failing', way: 'http', consumer: 'default', items: 20 });
  const bad = `${badPrefix.deletion}upgrade`;
  const failing = await world.load.ask({ ...ask, items: [...ask.items, bad], bad: new Set([bad]) });
  await untilView(world, failing, 'failed', ({ state }) => state === 'failed');
  return { held: await holdRequest(world, random, 'held'), failing };
}

/** A large request that is held before all of it has been sent. */
async function holdRequest(world: World, random: Random, name: string): Promise<Delivery> {
  const delivery = await world.load.ask(ownAsk(random, { name, way: 'http', consumer: 'default', items: 1_000 }));
  await untilView(world, delivery, 'under way', ({ counts }) => counts.succeeded > 0);
  await change(world, delivery, 'hold');
  return delivery;
}

async function retryFailed(world: World, delivery: Delivery): Promise<void> {
  await change(world, delivery, 'retry', { reason: 'the release is another one' });
  await untilView(world, delivery, 'failed again', ({ state, retried }) => state === 'failed' && retried !== undefined);
}

/** Both groups make calls all the while. */
async function workSideBySide(world: World, groups: readonly (readonly App[])[]): Promise<void> {
  world.say('replicas of both releases work side by side');
  const from = Date.now();
  await world.pause(sideBySideMs);
  for (const group of groups) {
    const names = new Set(group.map(({ name }) => name));
    if (!world.calls.some(({ who, sentAt }) => sentAt >= from && names.has(who)))
      world.objections.push(`none of ${[...names].join(', ')} made a call beside the other release`);
  }
}

async function stopEach(world: World, apps: readonly App[]): Promise<void> {
  for (const app of apps) await world.fault(`SIGTERM to ${app.name}`, async () => await stop(world, app));
}

async function stop(world: World, app: App): Promise<void> {
  const { code, wasForced } = await app.drain(stopsWithinMs);
  if (wasForced || code !== 0) world.objections.push(`${app.name} did not stop cleanly: exit code ${code}`);
}

/** What old replicas moved uncounted is put right while the load goes on: a look that falls between two moves sees it. */
async function untilFiguresAgree(world: World): Promise<void> {
  const agree = async () =>
    checkFigures({ lanes: await readLanes(world), requests: new Map(), isAllCounted: false }).length === 0;
  await world
    .until('figures are the sums of the requests', agree, doneWithinMs)
    .catch(() => world.objections.push('figures are not counted anew once no old worker runs'));
}

/** By whichever producer has its turn; one that has just stopped is not asked again. */
async function change(
  world: World,
  { request, ask }: Delivery,
  what: 'hold' | 'release' | 'retry',
  body?: { reason: string },
): Promise<void> {
  const response = await fetch(`${world.producerUrl}/v1/requests/${request}/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${what} of ${ask.name} was answered ${response.status}`);
}

async function untilView(
  world: World,
  { request, ask }: Delivery,
  what: string,
  test: (view: RequestView) => boolean,
): Promise<void> {
  const check = async () => {
    const view = await world.client.getRequest(request ?? '');
    return view !== undefined && test(view);
  };
  await world.until(`${ask.name} is ${what}`, check, doneWithinMs);
}

/** Nothing here has an unknown outcome but what is parked: not even what may be sent again was. */
function expectSentOnce({ calls, objections }: World): void {
  const items = calls
    .filter(({ endpoint, reference }) => endpoint !== 'jobs' && reference !== undefined)
    .flatMap((call) => call.items);
  const twice = items.length - new Set(items).size;
  if (twice > 0) objections.push(`${twice} items were sent twice`);
}
