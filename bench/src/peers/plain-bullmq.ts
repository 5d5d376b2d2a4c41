// Peer (a), one replica: plain BullMQ, a job per 50 items.
import { z } from 'zod';
import { runBullMqWorker } from './bullmq-worker.ts';

const dataSchema = z.object({ items: z.array(z.string()) });
await runBullMqWorker((data) => dataSchema.parse(data).items);
