// Asks for deletions from another TypeScript service, straight through Redis: up to 5,000,000 items, streamed as they are
// read. Here they come from a file with one id a line.
//
//   REDIS_URL     the Redis of the workers (redis://127.0.0.1:6379)
//   REDIS_PREFIX  their prefix (session-queue)
//
//   pnpm build && npx tsx examples/enqueue-library.ts [file]
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Refusal, SessionQueueClient } from '@session-queue/core/client';
import { Redis } from 'ioredis';

const file = process.argv[2] ?? fileURLToPath(new URL('already-gone.txt', import.meta.url));
const redis = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379');
redis.on('error', (error) => console.error(`Redis: ${error.message}`));
const sessionQueue = new SessionQueueClient({ redis, prefix: process.env.REDIS_PREFIX ?? 'session-queue' });

// A generator: it begins to read when the library does. A readline interface of its own would begin at once, and what it
// reads before anybody listens is lost.
async function* readLines(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path) });
}

try {
  const accepted = await sessionQueue.deleteSessions({
    // Keep the id: the same call with it may be repeated after an error, and is the same request.
    id: randomUUID(),
    sessionIds: readLines(file),
    reason: 'an example',
    requestedBy: 'enqueue-library',
  });
  // From here on the request is durable.
  console.log(`accepted as request ${accepted.id}: ${accepted.counts.total} items`);

  await sessionQueue.waitUntilFinished(accepted.id, {
    // Stops the waiting, and not the request.
    signal: AbortSignal.timeout(600_000),
    onProgress: ({ state, counts }) =>
      console.log(`${state}: ${counts.succeeded} of ${counts.total} succeeded, ${counts.absent} of them already gone`),
  });
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`refused (${error.code}): ${error.message}`);
  process.exitCode = 1;
} finally {
  await sessionQueue.close();
  redis.disconnect();
}
