import { z } from 'zod';
import type { Lab } from '../lab/lab.ts';
import { type ClientReport, clientReportSchema, isHttp, type LoadSize, type Way } from './client-report.ts';
import { peakMemory } from './peak-memory.ts';
import { startProducer } from './producer.ts';
import { repeatsIn } from './random-ids.ts';
import { type Sight, startWatch } from './watching.ts';

export interface Measured extends LoadSize, ClientReport {
  way: Way;
  ids: number;
  /** Ids that lie in Redis: duplicates are left out, where they are found. */
  stored: number;
}

/** A large request, with Redis and the processes watched. */
export interface Watched extends Measured, Sight {
  /** Peak memory of the producer, where there is one. */
  producerPeak: number | undefined;
}

const reportsSchema = z.string().transform((line) => z.array(clientReportSchema).parse(JSON.parse(line)));

/** Runs loads one after the other in one client process. */
export async function measureAll(
  lab: Lab,
  asked: { way: Way; consumer: string; producer?: string | undefined },
  loads: readonly LoadSize[],
): Promise<Measured[]> {
  const { way, consumer, producer = '' } = asked;
  const client = lab.startPeer(`the client (${way})`, new URL('./client.js', import.meta.url), [
    `--redis=${lab.redisServer.url}`,
    `--way=${way}`,
    `--loads=${loads.map(({ requests, size }) => `${requests}x${size}`).join(',')}`,
    `--consumer=${consumer}`,
    `--producer=${producer}`,
  ]);
  const reports = reportsSchema.parse(await client.finished());
  return reports.map((report, i) => {
    const { size = 0, requests = 0 } = loads[i] ?? {};
    const repeats = way === 'job-per-id' ? 0 : repeatsIn(size);
    return { way, size, requests, ...report, ids: size * requests, stored: (size - repeats) * requests };
  });
}

/** Runs one load in a client process of its own, beside a producer of its own where the way needs one. */
export async function measureWatched(lab: Lab, way: Way, consumer: string, load: LoadSize): Promise<Watched> {
  const { url } = lab.redisServer;
  const producer = isHttp(way) ? await startProducer(url) : undefined;
  const watch = await startWatch(url);
  try {
    const [measured] = await measureAll(lab, { way, consumer, producer: producer?.url }, [load]);
    if (measured === undefined) throw new Error(`the client (${way}) said nothing`);
    const producerPeak = producer && peakMemory(producer.process.pid);
    return { ...measured, ...(await watch.end()), producerPeak };
  } finally {
    await watch.stop();
    await producer?.process.stop('SIGKILL');
  }
}
