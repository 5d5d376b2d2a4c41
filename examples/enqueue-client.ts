// Asks for a deletion from another TypeScript service through the producer's HTTP API, by the same verbs as through Redis.
//
//   SESSION_QUEUE_URL    the producer (http://127.0.0.1:3010)
//   SESSION_QUEUE_TOKEN  a token of its PRODUCER_API_KEYS; the demo prints one
//
//   pnpm build && npx tsx examples/enqueue-client.ts [session id ...]
import { randomUUID } from 'node:crypto';
import { HttpSessionQueue, Refusal } from '@session-queue/core/client';

const given = process.argv.slice(2);
const sessionQueue = new HttpSessionQueue({
  url: process.env.SESSION_QUEUE_URL ?? 'http://127.0.0.1:3010',
  token: process.env.SESSION_QUEUE_TOKEN,
  onSetback: ({ refusal, waitMs }) => console.error(`${refusal.message}; again in ${waitMs} ms`),
});

try {
  const accepted = await sessionQueue.deleteSessions({
    // Goes as the Idempotency-Key. Keep it: the same call with it may be repeated after an error, and is the same request.
    id: randomUUID(),
    sessionIds: given.length > 0 ? given : ['example-client-1', 'example-client-2'],
    reason: 'an example',
    requestedBy: 'enqueue-client',
    priority: 'high',
  });
  console.log(`accepted as request ${accepted.id}`);

  for await (const { state, counts } of sessionQueue.watchRequest(accepted.id)) {
    console.log(`${state}: ${counts.succeeded} of ${counts.total} succeeded`);
  }
  for await (const { item, code, message } of sessionQueue.allItems(accepted.id, 'failed')) {
    console.log(`${item} failed (${code}): ${message}`);
  }
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`refused (${error.code}): ${error.message}`);
  process.exitCode = 1;
}
