// Peer (b), one replica: plain BullMQ, a job per session id or submission. The limiter counts jobs, so that each call holds one.
import { z } from 'zod';
import { runBullMqWorker } from './bullmq-worker.ts';

const dataSchema = z.object({ item: z.string() });
await runBullMqWorker((data) => [dataSchema.parse(data).item]);
