import { kinds } from '@session-queue/core';
import { ForeignUser } from '../world/foreign-user.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const stormMs = 10_000;
/** Four times what the quota lets through: hardly anything is left. */
const stormEveryMs = 50;
const sharedMs = 8_000;
/** Two of five calls. */
const sharedEveryMs = 500;
const pollsRefusedMs = 5_000;
/** Of the quota of a consumer apart; most of it, but on a machine that is busy with other worlds. */
const leastShare = 0.3;

export const foreignUser: Scenario = {
  name: 'foreign-user',
  about:
    'another program uses the keys of two consumers: a storm of 429s, then a part of their quota; polls too are answered 429',
  world: { load: { backlogWindows: { deletion: 8, resubmission: 1 } } },
  async run(world, random) {
    const [apart, ...shared] = random.shuffled(world.consumers);
    const users = shared.map(
      (consumer) => new ForeignUser(consumer, world.fake.port, (call) => world.foreignCalls.push(call)),
    );
    await world.fault('polls are answered 429', async () => {
      const refusing = await world.fake.script({
        fault: 'error',
        status: 429,
        code: 42_000,
        match: { endpoint: 'jobs' },
      });
      await world.pause(pollsRefusedMs);
      await refusing.remove();
    });
    await world.fault('another program uses a part of two keys', async () => {
      await use(world, users, sharedMs, sharedEveryMs);
    });
    const from = Date.now();
    await world.fault('another program storms two keys', async () => await use(world, users, stormMs, stormEveryMs));
    checkApart(world, apart?.key ?? '', from, Date.now());
    for (const user of users) await user.stop();
    if (!world.calls.some(({ status }) => status === 429)) world.objections.push('no call of ours was answered 429');
    const { consumers } = await world.fake.books();
    world.foreign429 = Object.values(consumers).reduce((sum, { jobs }) => sum + (jobs?.refused429 ?? 0), 0);
    if (world.foreign429 === 0) world.objections.push('no poll was answered 429');
  },
};

async function use(world: World, users: readonly ForeignUser[], ms: number, everyMs: number): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until; await world.pause(everyMs))
    for (const user of users) for (const kind of kinds) user.call(kind);
}

/** A consumer whose key nobody else uses goes on, and is answered no 429. */
function checkApart({ calls, quotas, objections }: World, key: string, from: number, to: number): void {
  const made = calls.filter(
    ({ consumerKey, endpoint, sentAt }) =>
      consumerKey === key && endpoint === 'deletion' && sentAt >= from && sentAt < to,
  );
  const most = quotas.deletion.calls * ((to - from) / quotas.deletion.windowMs);
  if (made.length < leastShare * most || made.some(({ status }) => status === 429))
    objections.push(
      `${key}, which nobody else used, made ${made.length} calls in the storm, and could have made ${most}`,
    );
}
