import type { RequestView } from '@session-queue/core';
import { Intruder } from '../hostile/intruder.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const own = 'north';
/** Names that would lead to another's keys, were they taken as parts of one. */
const keyParts = [
  '}',
  '{',
  ':',
  'north}',
  '{north}',
  'north}:{default',
  'north\n',
  '\nnorth',
  'north ',
  '*',
  '..',
  '',
  '-',
];

export const othersConsumer: Scenario = {
  name: 'others-consumer',
  about: "asks for consumers that are not there, and for other consumers' requests by their ids",
  world: { load: { backlogWindows: { deletion: 2, resubmission: 1 } } },
  async run(world, random) {
    const intruder = new Intruder(world, random);
    try {
      await world.fault('an intruder asks', async () => {
        const standing = await standingRequests(world, random);
        await unknownConsumers(intruder);
        for (const view of standing) await takeOver(world, intruder, view);
        await world.client.release(standing[1].id);
      });
    } finally {
      await intruder.close();
    }
  },
};

/** One that is finished and one that is held, both of a consumer that the intruder does not ask for. */
async function standingRequests(world: World, random: Random): Promise<[RequestView, RequestView]> {
  const accept = async (): Promise<string> => {
    const id = random.uuid();
    const ask = ownAsk(random, { name: id, way: 'library', consumer: own, items: 300 });
    await world.load.ask(ask);
    return id;
  };
  const finished = await accept();
  await world.until('a request is finished', async () => {
    const view = await world.client.getRequest(finished);
    return view?.state === 'completed';
  });
  const stop = await accept();
  await world.client.hold(stop);
  await world.until('nothing of a held request is under way', async () => {
    const { counts } = await viewOf(world, stop);
    return counts.claimed + counts.submitted === 0;
  });
  return [await viewOf(world, finished), await viewOf(world, stop)];
}

async function unknownConsumers(intruder: Intruder): Promise<void> {
  const unknown = { status: 404, problem: 'unknown-consumer' };
  const invalid = { status: 400, problem: 'invalid-request' };
  for (const consumer of ['nobody', 'North', 'key-of-north', '__proto__'.replaceAll('_', 'x')]) {
    const { items } = intruder.ask('http', { consumer });
    await intruder.http(
      `consumer ${consumer}`,
      { path: '/v1/deletions', body: { consumer, sessionIds: items } },
      unknown,
    );
  }
  for (const consumer of [...keyParts, 'constructor:', '__proto__', 'x'.repeat(65)]) {
    const { items } = intruder.ask('http', { consumer });
    const shown = JSON.stringify(consumer);
    await intruder.http(`consumer ${shown}`, { path: '/v1/deletions', body: { consumer, sessionIds: items } }, invalid);
    await intruder.job(`a job of consumer ${shown}`, 'deletion', { consumer, sessionIds: items });
  }
}

/** Every way to somebody else's request leaves it as it was. */
async function takeOver(world: World, intruder: Intruder, before: RequestView): Promise<void> {
  const { id } = before;
  const { client } = world;
  const taken = 'id_taken' as const;
  const deletion = intruder.ask('library').items;
  const resubmission = intruder.ask('library', { kind: 'resubmission' }).items;
  await intruder.library(
    'its id for another consumer',
    () => client.deleteSessions({ id, sessionIds: deletion }),
    taken,
  );
  await intruder.library(
    'its id for other items',
    () => client.deleteSessions({ id, consumer: own, sessionIds: deletion }),
    taken,
  );
  const asResubmission = { id, consumer: own, submissions: resubmission };
  await intruder.library('its id for the other kind', () => client.resubmit(asResubmission), taken);

  const unknown = { status: 404, problem: 'unknown-request' };
  for (const path of [
    `%7Bnorth%7D:request:${id}`,
    `${id}%0a`,
    `${id}%20`,
    `${id.toUpperCase()}%00`,
    `request:${id}`,
    `*`,
  ]) {
    await intruder.http(`GET ${path}`, { path: `/v1/requests/${path}` }, unknown);
    await intruder.http(`cancel ${path}`, { path: `/v1/requests/${path}/cancel`, method: 'POST' }, unknown);
  }

  await intruder.job('a numbered job that names it', 'deletion', { request: id, sessionIds: deletion });
  await intruder.job('one of its own consumer', 'deletion', { request: id, consumer: own, sessionIds: deletion });
  await intruder.job('one of the other kind', 'resubmission', { request: id, submissions: resubmission });
  await intruder.job('a job of its id in the other queue', 'resubmission', { submissions: resubmission }, id);
  const ours = { request: id, consumer: own, total: 1 };
  await intruder.job('a job with the data of its job', 'deletion', ours, `ours-${id}`);
  await intruder.job('the same for another consumer', 'deletion', { ...ours, consumer: 'default' }, `theirs-${id}`);
  await intruder.job('the same in the other queue', 'resubmission', ours, `other-${id}`);
  await intruder.job(
    'one that looks refused',
    'deletion',
    { consumer: own, refused: 'x', sessionIds: deletion },
    `no-${id}`,
  );
  // As when BullMQ has forgotten its job: then nothing but the record says whose the id is.
  await intruder.forget('deletion', id);
  await intruder.job('a job of its id', 'deletion', { consumer: 'default', sessionIds: deletion }, id);
  await intruder.forget('deletion', id);
  await intruder.job('a job of its id and consumer', 'deletion', { consumer: own, sessionIds: deletion }, id);
  await intruder.forget('deletion', id);

  const after = await viewOf(world, id);
  if (JSON.stringify(after) === JSON.stringify(before)) return;
  world.objections.push(
    `the ${before.state} request was changed: it is ${after.state}, ${JSON.stringify(after.counts)}`,
  );
}

async function viewOf(world: World, id: string): Promise<RequestView> {
  const view = await world.client.getRequest(id);
  if (view === undefined) throw new Error('a standing request is gone');
  return view;
}
