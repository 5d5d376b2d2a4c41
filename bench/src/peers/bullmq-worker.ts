import { type Job, Worker } from 'bullmq';
import { z } from 'zod';
import { learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const pollEveryMs = 1_000;
/** Jobs that one replica follows at a time; those that wait for the limiter are not among them. */
const concurrency = 100;
const sentSchema = z.object({ reference: z.string().optional() });

/**
 * A replica of plain BullMQ as its documentation teaches: the worker's limiter is the quota; each job sends its items, keeps the
 * reference in its data and polls it to the end; after a 429 the queue waits a window, and the job runs again.
 */
export async function runBullMqWorker(itemsIn: (data: unknown) => string[]): Promise<void> {
  const settings = peerSettings();
  const api = new DataApi(settings);
  const { calls, windowMs } = learnosityQuotas[settings.kind];

  const sendOnce = async (job: Job<unknown>): Promise<string> => {
    const { reference: sent } = sentSchema.parse(job.data);
    if (sent !== undefined) return sent;
    try {
      const reference = await api.send(itemsIn(job.data));
      await job.updateData({ ...z.record(z.string(), z.unknown()).parse(job.data), reference });
      return reference;
    } catch (error) {
      if (!(error instanceof TooManyRequests)) throw error;
      await worker.rateLimit(windowMs);
      throw Worker.RateLimitError();
    }
  };
  const worker = new Worker<unknown>(
    settings.key,
    async (job) => {
      const reference = await sendOnce(job);
      while (!(await api.completed([reference])).has(reference)) {
        await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
      }
    },
    {
      connection: { url: settings.redis, maxRetriesPerRequest: null },
      concurrency,
      limiter: { max: calls, duration: windowMs },
      removeOnComplete: { count: 100 },
    },
  );
  worker.on('error', (error) => console.error(error));
  await worker.waitUntilReady();
  console.log('ready');
}
