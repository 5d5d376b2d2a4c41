// Peer (a), one replica: plain BullMQ as its documentation teaches. A job holds 50 ids; the worker's limiter lets 5 through per 5 s;
// each job sends its ids and polls its own reference. After a 429 the queue waits a window, and the job runs again.
import { Worker } from 'bullmq';
import { z } from 'zod';
import { DataApi, TooManyRequests } from './data-api.ts';
import { peerSettings } from './peer-settings.ts';

const { redis, fake, key } = peerSettings();
const api = new DataApi(fake, key);
const pollEveryMs = 1_000;
const dataSchema = z.object({ ids: z.array(z.string()), reference: z.string().optional() });

const worker = new Worker(
  key,
  async (job) => {
    const data = dataSchema.parse(job.data);
    let { reference } = data;
    if (reference === undefined) {
      try {
        reference = await api.deleteSessions(data.ids);
      } catch (error) {
        if (!(error instanceof TooManyRequests)) throw error;
        await worker.rateLimit(5_000);
        throw Worker.RateLimitError();
      }
      await job.updateData({ ...data, reference });
    }
    while (!(await api.completed([reference])).has(reference)) {
      await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
    }
  },
  {
    connection: { url: redis, maxRetriesPerRequest: null },
    concurrency: 50,
    limiter: { max: 5, duration: 5_000 },
    removeOnComplete: { count: 100 },
  },
);
await worker.waitUntilReady();
console.log('ready');
process.on('SIGTERM', () => void worker.close(true).then(() => process.exit(0)));
