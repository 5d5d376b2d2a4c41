import { request } from 'node:http';
import type { Ask, AskWay } from '../load/asks.ts';
import { ownAsk } from '../load/own-ask.ts';
import type { Random } from '../random.ts';
import type { Fate, Point } from '../tap/points.ts';
import type { World } from '../world/world.ts';
import { forgetUploads } from './left-uploads.ts';
import type { Scenario } from './scenario.ts';

/** An upload of two chunks. */
const items = 1_100;
/** From the last chunk to the commit: the seal, and the job's add. */
const commitPoints: readonly Point[] = ['seal', 'bull:addStandardJob'].flatMap((step): Point[] => [
  { step, when: 'before', by: 'producer' },
  { step, when: 'after', by: 'producer' },
]);
const redisAwayMs = 4_000;

export const uploadsCut: Scenario = {
  name: 'uploads-cut',
  about:
    'the producer dies between the last chunk and the commit, clients go in mid-upload or ask no more, Redis goes in mid-upload',
  world: {
    // Whatever comes to a point of the producer's is the scenario's own.
    load: { ways: ['library', 'plain'] },
  },
  async run(world, random) {
    let asked = 0;
    const next = (way: AskWay): Ask => {
      asked += 1;
      const consumer = random.pick(world.consumers).name;
      return ownAsk(random, { name: `upload-${asked}`, way, consumer, items });
    };
    const promises: Promise<unknown>[] = [];
    for (const point of commitPoints) {
      const what = `${point.when} ${point.step}`;
      // One is never asked for again: it must be there whole, or not at all. The other is.
      for (const tries of [1, Number.POSITIVE_INFINITY]) {
        const armed = world.at(point);
        promises.push(world.load.ask(next('http'), tries));
        await world.reached(what, armed);
        await world.fault(`kill -9 of the producer ${what}`, async () => {
          await world.producer.start();
          // By then connections to the one that died are gone: the next try arrives.
          await world.until('the producer is ready', async () => await isReady(world));
        });
      }
    }
    await world.fault('clients go in mid-upload', async () => {
      for (let n = 0; n < 4; n += 1) {
        const ask = next('http');
        await sendHalf(world, ask, random);
        // The last one never comes again: none of it may be sent.
        if (n < 3) promises.push(world.load.ask(ask));
      }
    });
    for (const way of ['http', 'library'] as const) {
      const by = way === 'http' ? 'producer' : 'service';
      const armed = world.at({ step: 'append', when: 'after', by }, () => killRedis(world));
      promises.push(world.load.ask(next(way)));
      await world.reached('after append', armed);
      await world.fault(`Redis is away in mid-upload (${way})`, async () => {
        await world.pause(redisAwayMs);
        await world.redis.restart();
      });
    }
    await Promise.all(promises);
    await forgetUploads(world);
  },
};

async function isReady({ producerUrl }: World): Promise<boolean> {
  return await fetch(`${producerUrl}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What was appended is kept (or lost with the last second of the AOF); its reply is not heard. */
async function killRedis({ redis }: World): Promise<Fate> {
  await redis.kill();
  return 'cut';
}

/** Sends a part of a request's body, and cuts the connection. */
async function sendHalf(world: World, ask: Ask, random: Random): Promise<void> {
  const body = Buffer.from(JSON.stringify({ consumer: ask.consumer, sessionIds: ask.items }));
  const part = body.subarray(0, random.between(1, body.length - 1));
  const sending = request(`${world.producerUrl}/v1/deletions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${world.token}`,
      'content-type': 'application/json',
      'content-length': body.length,
      'idempotency-key': ask.name,
    },
  });
  const gone = new Promise<void>((resolve) => sending.on('close', resolve));
  sending.on('error', () => undefined);
  sending.write(part, () => sending.destroy());
  await gone;
}
