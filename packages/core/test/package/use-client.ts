// What a service writes that has nothing but the package: copied into an empty project, compiled and run there.
import {
  HttpSessionQueue,
  Refusal,
  type RequestView,
  type SessionQueue,
  SessionQueueClient,
} from '@session-queue/core/client';
import { Redis } from 'ioredis';

async function ask(queue: SessionQueue): Promise<RequestView> {
  const { id } = await queue.deleteSessions({ id: 'my-request', sessionIds: ['a', 'b', 'a'], reason: 'law' });
  return await queue.cancel(id);
}

async function* submissions(): AsyncGenerator<string> {
  yield 'AAAA';
}

const redis = new Redis(process.env.REDIS_URL ?? '');
const overRedis = new SessionQueueClient({ redis, prefix: process.env.REDIS_PREFIX ?? '' });
const { counts } = await ask(overRedis);
const { id } = await overRedis.resubmit({ submissions: submissions() });
await overRedis.cancel(id);
const { state } = await overRedis.waitUntilFinished(id, { signal: AbortSignal.timeout(10_000) });
const listed: string[] = [];
for await (const request of overRedis.allRequests({ state: 'cancelled' })) listed.push(request.kind);
await overRedis.close();
redis.disconnect();

const overHttp = new HttpSessionQueue({ url: process.env.SESSION_QUEUE_URL ?? '', token: 'secret' });
const http = await overHttp.deleteSessions({ sessionIds: new Set(['a']) });
const refusal: unknown = await overHttp.hold(http.id).catch((error: unknown) => error);
const code = refusal instanceof Refusal ? refusal.code : 'none';

console.log(JSON.stringify({ counts, state, listed: listed.sort(), http: http.id, code }));
