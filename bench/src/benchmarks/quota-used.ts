import type { CallBook } from '@session-queue/fake-learnosity';
import { Queue } from 'bullmq';
import { type Benchmark, type BenchmarkContext, type Figure, parameter, type Result } from '../benchmark.ts';
import { Lab, pause } from '../lab/lab.ts';
import { sessionIds } from '../lab/session-ids.ts';

const calls = 5;
const windowMs = 5_000;

/** Share of the quota: calls beyond the first window's, by the time from the first to the last, over what the quota allows. */
function shareOf(book: CallBook | undefined): number {
  const { counted = 0, firstArrival, lastArrival } = book ?? {};
  if (firstArrival == null || lastArrival == null || counted <= calls) return 0;
  return ((counted - calls) / calls) * (windowMs / (lastArrival - firstArrival));
}

export const quotaUsed: Benchmark = {
  name: 'quota-used',
  shows: 'how much of the deletion quota is used, beside what people write today',
  async run(context: BenchmarkContext): Promise<Result> {
    const seconds = parameter(context, 'seconds', context.size === 'full' ? 60 : 30);
    const replicas = parameter(context, 'replicas', 4);
    const latency = context.parameters.get('latency') ?? '20-320';
    const items = Math.ceil(seconds * 60);
    const peerKeys = ['plain', 'script', 'limiter'];
    const lab = await Lab.start({ consumers: [{ name: 'session-queue' }], peerKeys, latency });
    try {
      await lab.startWorkers(replicas);
      const told = [
        '--redis',
        lab.redisServer.url,
        '--fake',
        lab.fakeUrl,
        '--items',
        `${items}`,
        '--seconds',
        `${seconds}`,
      ];
      const plain = Array.from({ length: replicas }, () =>
        lab.startPeer('plain BullMQ', new URL('../peers/plain-bullmq.js', import.meta.url), [
          ...told,
          '--key',
          'plain',
        ]),
      );
      await Promise.all(plain.map((one) => one.says('ready')));
      context.say(`${replicas} replicas each, ${latency} ms, ${seconds} s`);
      await lab.client.deleteSessions({ consumer: 'session-queue', sessionIds: sessionIds(items, 1) });
      const queue = new Queue('plain', { connection: lab.redis });
      const all = [...sessionIds(items, 2)];
      const jobs = Array.from({ length: Math.ceil(items / 50) }, (_, i) => all.slice(i * 50, i * 50 + 50));
      await queue.addBulk(jobs.map((ids) => ({ name: 'delete', data: { ids } })));
      for (const name of ['script', 'limiter']) {
        lab.startPeer(name, new URL(`../peers/${name}.js`, import.meta.url), [...told, '--key', name]);
      }
      await pause(seconds * 1_000 + 3_000);
      const { consumers } = await lab.books();
      await queue.close();
      return resultOf(consumers, { seconds, replicas, latency });
    } finally {
      await lab.stop();
    }
  },
};

function resultOf(
  consumers: Record<string, Partial<Record<string, CallBook>>>,
  parameters: { seconds: number; replicas: number; latency: string },
): Result {
  const [low = 0, high = low] = parameters.latency.split('-').map(Number);
  const bound = windowMs / (windowMs + (low + high) / 2);
  const contenders = [
    ['Session Queue', 'session-queue'],
    ['plain BullMQ, a job per 50', 'plain'],
    ['sequential script', 'script'],
    ['script behind bottleneck', 'limiter'],
  ] as const;
  const rows = contenders.map(([title, key]) => {
    const book = consumers[key]?.deletion;
    return { title, share: shareOf(book), refused: book?.refused429 ?? 0, most: book?.mostInWindow.received ?? 0 };
  });
  const [own, plain] = rows;
  const figures: Figure[] = [
    {
      name: 'share of the provable bound',
      value: (own?.share ?? 0) / bound,
      unit: '',
      isRatio: true,
      better: 'higher',
      target: { words: 'at least 0.99', met: (own?.share ?? 0) / bound >= 0.99 },
    },
    {
      name: 'answers 429',
      value: own?.refused ?? 0,
      unit: 'calls',
      isRatio: false,
      better: 'lower',
      target: { words: '0', met: own?.refused === 0 },
    },
    {
      name: 'quota used, of plain BullMQ',
      value: (own?.share ?? 0) / (plain?.share ?? 1),
      unit: 'times',
      isRatio: true,
      better: 'higher',
      target: { words: 'ahead', met: (own?.share ?? 0) > Math.max(...rows.slice(1).map(({ share }) => share)) },
    },
  ];
  const table = {
    title: `Quota used (bound ${bound.toFixed(3)})`,
    head: ['', 'share of the quota', 'answered 429', 'most calls in any 5 s'],
    rows: rows.map(({ title, share, refused, most }) => [title, share.toFixed(3), refused, most]),
  };
  return { benchmark: 'quota-used', parameters, tables: [table], figures, notes: [] };
}
