// What people write first: an Express 5 handler that does one `queue.add`. No check, no identity, no durable answer of its own.
import { parseArgs } from 'node:util';
import { Queue } from 'bullmq';
import express from 'express';
import { Redis } from 'ioredis';
import { z } from 'zod';

const { values } = parseArgs({ options: { redis: { type: 'string', default: '' } } });
const connection = new Redis(values.redis, { maxRetriesPerRequest: null });
const queue = new Queue('bare', { connection });
const bodySchema = z.object({ sessionIds: z.array(z.string()) });

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json());
app.post('/v1/deletions', async (request, response) => {
  const { id } = await queue.add('delete', bodySchema.parse(request.body));
  response.status(202).json({ id });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(JSON.stringify({ msg: 'listening', port: typeof address === 'object' ? address?.port : undefined }));
});
