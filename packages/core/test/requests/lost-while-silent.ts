/**
 * Run as a process of its own: an upload is lost to somebody else while its source is silent. Prints the code of its
 * refusal; a rejection that nobody handles would end the process, and Jest cannot see that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { consumerKeys } from '../../src/lanes/keys.ts';
import { Refusal } from '../../src/requests/refusal.ts';
import { storeRequest } from '../../src/requests/upload.ts';
import { mixedIds } from './id-shapes.ts';

const redis = new Redis(process.argv[2] ?? '');
const keys = consumerKeys(redis, 'test', 'lost-while-silent');
const ids = mixedIds(6_000);

async function* silent(): AsyncGenerator<string> {
  yield* ids.slice(0, 3_500);
  await redis.hset(`${keys.base}request:r`, 'token', 'somebody else');
  yield* ids.slice(3_500, 4_500);
  // The fourth chunk is refused now, while the upload waits for more to send.
  await sleep(100);
  yield* ids.slice(4_500);
}

try {
  await storeRequest(keys, { id: 'r', kind: 'deletion', ignoring: false, items: silent() });
} catch (error) {
  process.stdout.write(`${error instanceof Refusal ? error.code : String(error)}\n`);
}
redis.disconnect();
