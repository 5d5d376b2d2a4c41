// Adds a plain BullMQ job from a service that knows nothing of Session Queue but the queue's name. At most 5,000 items
// and 8 MB a job; larger requests go through the producer or the library.
//
//   REDIS_URL     the Redis of the workers (redis://127.0.0.1:6379)
//   REDIS_PREFIX  their prefix (session-queue)
//
//   node examples/enqueue-bullmq.mjs [session id ...]
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';

const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
const prefix = process.env.REDIS_PREFIX ?? 'session-queue';
const given = process.argv.slice(2);
const sessionIds = given.length > 0 ? given : ['example-bullmq-1', 'example-bullmq-2'];

// The prefix stands in braces. For failed submissions: the queue 'resubmission.requests', a job named 'resubmit', and
// `submissions` instead of `sessionIds`.
const queue = new Queue('deletion.requests', { connection: { url }, prefix: `{${prefix}}` });
// The job's id is the request's id: the same id again, after an error, changes nothing.
const jobId = randomUUID();
await queue.add('delete', { sessionIds, reason: 'an example', requestedBy: 'enqueue-bullmq' }, { jobId });
console.log(`added as request ${jobId}; the producer shows it at /v1/requests/${jobId}`);
await queue.close();
