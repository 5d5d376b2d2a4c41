import type { Delivery } from '../load/delivery.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import { ageNotes } from '../world/age.ts';
import type { WorldConsumer } from '../world/consumers.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** A job is looked for 88 s after its call began; then it is followed to its end, or what was lost is sent again. */
const lookedForWithinMs = 130_000;
const primedWithinMs = 30_000;
const betweenMs = 700;
const cutAnswer = { fault: 'cut', effect: true } as const;

export const lostJobs: Scenario = {
  name: 'lost-jobs',
  about:
    'answers to resubmissions are lost, and workers die right after theirs: the one lost call of a consumer is found by its job, several at once are not',
  world: {
    workers: 4,
    consumers: 5,
    exclusiveKeys: true,
    // A kill loses every call that is under way: the only resubmissions are the scenario's.
    load: { kinds: ['deletion'], backlogWindows: { deletion: 1, resubmission: 1 } },
    settleWithinMs: lookedForWithinMs,
  },
  async run(world, random) {
    await primeLanes(world, random);
    const [first, second, third, fourth, fifth] = world.consumers;
    if (!first || !second || !third || !fourth || !fifth) throw new Error('the scenario takes five consumers');
    const burst = await loseSeveral(world, random, fifth);
    const answers = [await loseAnswer(world, random, first, false), await loseAnswer(world, random, second, true)];
    const workers = await loseWorkers(world, random, [third, fourth]);
    const lone = [...answers, ...workers];
    await untilKnown(world, [...lone, ...burst]);
    for (const delivery of lone) await checkFound(world, delivery);
    for (const delivery of burst) await checkNotFound(world, delivery);
  },
};

/** Every lane has sent, and seen what its jobs are called. */
async function primeLanes(world: World, random: Random): Promise<void> {
  const primed = world.consumers.map(({ name: consumer }) =>
    world.load.ask(
      ownAsk(random, { name: `primes-${consumer}`, way: 'http', consumer, items: 2, kind: 'resubmission' }),
    ),
  );
  for (const delivery of await Promise.all(primed)) {
    await world.until(
      'a first resubmission is done',
      async () => (await viewOf(world, delivery))?.state === 'completed',
      primedWithinMs,
    );
  }
  const aged = await ageNotes(world);
  world.say(`an hour goes by since the calls of ${aged} consumers are noted`);
}

function askFor(world: World, random: Random, { name: consumer }: WorldConsumer, ignoring: boolean, n = 0) {
  const name = `lost-${consumer}-${n}`;
  return world.load.ask(ownAsk(random, { name, way: 'http', consumer, items: 5, kind: 'resubmission', ignoring }));
}

async function loseAnswer(world: World, random: Random, consumer: WorldConsumer, ignoring: boolean): Promise<Delivery> {
  return await world.fault(`the answer to a resubmission of ${consumer.name} is lost`, async () => {
    const match = { endpoint: 'resubmission', consumer: consumer.key } as const;
    const cut = await world.fake.script({ ...cutAnswer, times: 1, match });
    const delivery = await askFor(world, random, consumer, ignoring);
    await untilCalled(world, delivery, 1);
    await cut.remove();
    return delivery;
  });
}

/** One worker after the other, right after its call; they are started again at the end, since that takes its time. */
async function loseWorkers(world: World, random: Random, consumers: readonly WorldConsumer[]): Promise<Delivery[]> {
  const names = consumers.map(({ name }) => name).join(' and of ');
  return await world.fault(`kill -9 right after a resubmission of ${names}`, async () => {
    const lost: Delivery[] = [];
    const killed: string[] = [];
    for (const [n, consumer] of consumers.entries()) {
      const armed = world.at({ step: 'call resubmission', when: 'after', by: 'worker' });
      const delivery = await askFor(world, random, consumer, n % 2 === 1);
      lost.push(delivery);
      const { who } = await world.reached('call resubmission', armed).catch(async (error: unknown) => {
        world.say(`${delivery.ask.name}: ${JSON.stringify(await viewOf(world, delivery))}`);
        throw error;
      });
      killed.push(who);
    }
    await Promise.all(killed.map((who) => world.app(who).start()));
    return lost;
  });
}

/** Three calls in two seconds: nobody can tell which job is whose. */
async function loseSeveral(world: World, random: Random, consumer: WorldConsumer): Promise<Delivery[]> {
  return await world.fault(`three answers to resubmissions of ${consumer.name} are lost`, async () => {
    const match = { endpoint: 'resubmission', consumer: consumer.key } as const;
    const cut = await world.fake.script({ ...cutAnswer, times: 3, match });
    const lost: Delivery[] = [];
    for (const [n, ignoring] of [false, true, false].entries()) {
      const delivery = await askFor(world, random, consumer, ignoring, n);
      await untilCalled(world, delivery, 1);
      lost.push(delivery);
      await world.pause(betweenMs);
    }
    await cut.remove();
    return lost;
  });
}

function callsOf({ calls }: World, { ask }: Delivery): number {
  const [item = ''] = ask.items;
  return calls.filter(({ endpoint, items }) => endpoint === 'resubmission' && items.includes(item)).length;
}

async function untilCalled(world: World, delivery: Delivery, times: number): Promise<void> {
  await world.until(`${delivery.ask.name} was sent`, () => callsOf(world, delivery) >= times);
}

async function viewOf(world: World, { request = '' }: Delivery) {
  return await world.client.getRequest(request);
}

async function untilKnown(world: World, deliveries: readonly Delivery[]): Promise<void> {
  const isKnown = async (delivery: Delivery): Promise<boolean> => {
    const view = await viewOf(world, delivery);
    return view !== undefined && view.counts.succeeded + view.counts.parked === view.counts.total;
  };
  const allKnown = async () => (await Promise.all(deliveries.map(isKnown))).every(Boolean);
  await world
    .until('what was lost is found, sent again or parked', allKnown, lookedForWithinMs)
    .catch(() => world.objections.push(`what was lost is not known within ${lookedForWithinMs / 1_000} s`));
}

async function checkFound(world: World, delivery: Delivery): Promise<void> {
  const { succeeded = 0, total = -1, resent } = (await viewOf(world, delivery))?.counts ?? {};
  const calls = callsOf(world, delivery);
  if (calls !== 1 || succeeded !== total || resent !== 0)
    world.objections.push(`${delivery.ask.name} was not found by its job: ${calls} calls, ${succeeded} succeeded`);
}

async function checkNotFound(world: World, delivery: Delivery): Promise<void> {
  const { ask, request = '' } = delivery;
  const calls = callsOf(world, delivery);
  if (calls !== (ask.ignoring ? 1 : 2))
    world.objections.push(`${ask.name} could not be told from others, and was sent ${calls} times`);
  if (!ask.ignoring) return;
  const { items } = await world.client.listItems(request, 'parked').catch(() => ({ items: [] }));
  if (!items.every(({ message }) => message.includes('its job was')) || items.length !== ask.items.length)
    world.objections.push(`${ask.name}: ${items.length} items are parked, or whoever reads of them is not told why`);
}
