import { type Benchmark, type BenchmarkContext, parameter, type Result, type Size } from '../benchmark.ts';
import { Lab } from '../lab/lab.ts';
import { report, type Sample, type Series } from '../latency/report.ts';
import { sampleArrival, type Way } from '../latency/sample.ts';
import { startProducer } from '../taking-in/producer.ts';
import { randomIds } from '../taking-in/random-ids.ts';

const amounts: Record<Size, { samples: number; backlog: number }> = {
  quick: { samples: 60, backlog: 300_000 },
  default: { samples: 300, backlog: 1_000_000 },
  full: { samples: 1_000, backlog: 1_000_000 },
};
/** A consumer takes one partly filled call a second: so many in turn are each idle when theirs comes. */
const loneConsumers = Array.from({ length: 50 }, (_, i) => `lone-${i}`);
const busyConsumer = 'backlog';

export const latency: Benchmark = {
  name: 'latency',
  shows: 'how long a lone request takes from its acceptance to its call, in an idle system and beside a large backlog',
  async run(context: BenchmarkContext): Promise<Result> {
    const samples = parameter(context, 'samples', amounts[context.size].samples);
    const backlog = parameter(context, 'backlog', amounts[context.size].backlog);
    const replicas = parameter(context, 'replicas', 1);
    const lab = await Lab.start({ consumers: [...loneConsumers, busyConsumer].map((name) => ({ name })) });
    const producer = await startProducer(lab.redisServer.url);
    try {
      await lab.startWorkers(replicas);
      let turn = 0;
      const series = async (title: string): Promise<Series[]> => {
        const taken: Record<Way, Sample[]> = { http: [], library: [] };
        for (let i = 0; i < samples; i += 1) {
          const consumer = loneConsumers[turn % loneConsumers.length] ?? '';
          turn += 1;
          const way = i % 2 === 0 ? 'http' : 'library';
          taken[way].push(await sampleArrival(lab, { way, consumer, producer: producer.url }));
        }
        context.say(`${title}: ${samples} requests`);
        return [
          { title, way: 'http', samples: taken.http },
          { title, way: 'library', samples: taken.library },
        ];
      };
      // Each process compiles, and each connection is made, at its first request.
      for (const consumer of loneConsumers.slice(-6)) {
        await sampleArrival(lab, { way: 'http', consumer, producer: producer.url });
        await sampleArrival(lab, { way: 'library', consumer, producer: producer.url });
      }
      const idle = await series('idle system');
      const sessionIds = randomIds(backlog);
      await lab.client.deleteSessions({ consumer: busyConsumer, sessionIds });
      const busy = await series(`beside ${backlog.toLocaleString('en')} pending items of another consumer`);
      const { accepted = 0 } = (await lab.books()).consumers[busyConsumer]?.deletion ?? {};
      return report([...idle, ...busy], { samples, backlog, replicas, busyCalls: accepted });
    } finally {
      await producer.process.stop('SIGKILL');
      await lab.stop();
    }
  },
};
