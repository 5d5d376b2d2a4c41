import { type Ask, type AskWay, ways } from '../load/asks.ts';
import type { Heard, Sender } from '../load/delivery.ts';
import { HttpSender } from '../load/http-sender.ts';
import { LibrarySender } from '../load/library-sender.ts';
import { ownAsk } from '../load/own-ask.ts';
import { PlainSender } from '../load/plain-sender.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Everything that whoever accepts a request does in Redis. */
const accepting = ['accept', 'begin-upload', 'append', 'seal', 'bull:addStandardJob'] as const;
/** What a worker does: its client sends a command again whose reply was lost. */
const working = [
  'bull:moveToActive',
  'accept',
  'open',
  'bull:moveToDelayed',
  'claim',
  'begin-send',
  'record-reference',
  'claim-poll',
  'record-poll',
  'resolve',
  'bull:promote',
  'bull:moveToFinished',
] as const;
const rounds = 4;
/** Beside the one that is repeated until it is answered. */
const atOnce = 3;
const tryMs = 15_000;

export const repliesLost: Scenario = {
  name: 'replies-lost',
  about:
    'the reply to each command is lost, so that clients send it again; the same request comes several times at one moment',
  async run(world, random) {
    await world.fault('replies of Redis are lost', async () => {
      for (const step of working) await loseReply(world, step, 'worker');
      for (const by of ['producer', 'service']) {
        for (const step of accepting) {
          const lost = loseReply(world, step, by);
          world.load.askFor(by === 'producer' ? 'http' : 'library', step === 'accept' ? 10 : 1_500);
          await lost;
        }
      }
    });
    const serviceUrl = `redis://127.0.0.1:${world.service.port}`;
    const senders: Record<AskWay, Sender> = {
      http: new HttpSender(() => world.producerUrl, world.token),
      library: new LibrarySender(serviceUrl),
      plain: new PlainSender(serviceUrl),
    };
    for (let n = 0; n < rounds; n += 1) {
      for (const way of ways) {
        const consumer = random.pick(world.consumers).name;
        const items = n % 2 === 0 ? 40 : 1_500;
        const ask = ownAsk(random, { name: `at-once-${way}-${n}`, way, consumer, items });
        await askAtOnce(world, senders[way], ask);
        // BullMQ itself keeps the first of two jobs of one id, and says nothing.
        if (way !== 'plain') await askOtherwise(world, senders[way], { ...ask, items: ask.items.slice(1) });
      }
    }
    await Promise.all(ways.map((way) => senders[way].close()));
  },
};

async function loseReply(world: World, step: string, by: string): Promise<void> {
  await world.reached(
    `after ${step} of the ${by}`,
    world.at({ step, when: 'after', by }, () => 'cut'),
  );
}

/** The same request several times at one moment is one request. */
async function askAtOnce({ load, objections }: World, sender: Sender, ask: Ask): Promise<void> {
  const others = Array.from({ length: atOnce }, () =>
    sender
      .send(ask, AbortSignal.timeout(tryMs))
      .catch((error: unknown): Heard => ({ is: 'again', why: String(error) })),
  );
  const { request } = await load.ask(ask);
  for (const heard of await Promise.all(others)) {
    if (heard.is === 'refused')
      objections.push(`${ask.name}: the same request at the same moment was refused: ${heard.why}`);
    if (heard.is === 'promised' && heard.request !== request)
      objections.push(`${ask.name}: the same request at the same moment was accepted twice`);
  }
}

/** Other items under a name that is taken are refused, and change nothing. */
async function askOtherwise({ objections }: World, sender: Sender, ask: Ask): Promise<void> {
  const heard = await sender.send(ask, AbortSignal.timeout(tryMs));
  if (heard.is !== 'refused') objections.push(`${ask.name}: other items under the same name were not refused`);
}
