import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import { forgetSince, type Mark, markNow } from '../world/forgetting.ts';
import type { World } from '../world/world.ts';
import { forgetUploads } from './left-uploads.ts';
import type { Scenario } from './scenario.ts';

const cuts = 2;
/** What `appendfsync everysec` leaves to the operating system. */
const fsyncWindowMs = 1_000;
const everyMs = 50;

/** How long the AOF was at a moment: all that Redis had answered by then lies before that. */
interface Length extends Mark {
  bytes: number;
}

export const aofCut: Scenario = {
  name: 'aof-cut',
  about: 'kill -9 of Redis, and the end of its AOF is lost: up to a second, amid a command, as after a power cut',
  async run(world, random) {
    for (let n = 0; n < cuts; n += 1) {
      const lengths = await watchLengths(world, random.between(2_500, 4_000));
      await world.fault('kill -9 of Redis, and bytes off its AOF', async () => {
        await world.redis.kill();
        const mark = await cutSomewhere(world, random, lengths);
        await world.redis.restart();
        await forgetSince(world, mark);
        await rewrite(world);
      });
      await world.pause(17_000);
    }
    // What was cut off may be the seal of an upload: its chunks are there, and nobody comes back for them.
    await forgetUploads(world);
  },
};

async function watchLengths(world: World, forMs: number): Promise<Length[]> {
  const file = await fileOf(world);
  const lengths: Length[] = [];
  for (const until = Date.now() + forMs; Date.now() < until; await world.pause(everyMs)) {
    const mark = markNow(world);
    const info = await world.redisClient.info('persistence');
    // What still lies in its buffer was answered, and is in no file yet.
    if (/^aof_buffer_length:0\r?$/m.test(info)) lengths.push({ ...mark, bytes: (await stat(file)).size });
  }
  return lengths;
}

/** Cuts at a byte of the last second; answers with the last moment before it. */
async function cutSomewhere(world: World, random: Random, lengths: readonly Length[]): Promise<Mark> {
  const file = await fileOf(world);
  const { size } = await stat(file);
  const last = lengths.at(-1);
  const before = lengths.filter(({ at }) => at >= (last?.at ?? 0) - fsyncWindowMs);
  const index = random.between(0, Math.max(0, before.length - 2));
  const [mark, next] = [before[index], before[index + 1]];
  if (mark === undefined) throw new Error('the AOF was never seen whole');
  const bytes = random.between(mark.bytes, (next?.bytes ?? size) - 1);
  await truncate(file, bytes);
  world.say(`${size - bytes} of ${size} bytes are cut off, ${Date.now() - mark.at} ms back at most`);
  return mark;
}

/**
 * What docs/reliability.md asks for. Redis 7.0 leaves half of a transaction at the end of a file that was cut amid one of its commands, and
 * carries it out when it reads the file again, after another crash.
 */
async function rewrite(world: World): Promise<void> {
  await world.redisClient.bgrewriteaof();
  await world.until('the AOF is written anew', async () => {
    const info = await world.redisClient.info('persistence');
    return /^aof_rewrite_in_progress:0\r?$/m.test(info) && /^aof_rewrite_scheduled:0\r?$/m.test(info);
  });
}

/** Redis appends to one file; it would begin another only for a rewrite (64 MB). */
async function fileOf({ redis }: World): Promise<string> {
  const folder = join(redis.folder, 'appendonlydir');
  const name = (await readdir(folder)).find((one) => one.endsWith('.incr.aof'));
  if (name === undefined) throw new Error('there is no AOF');
  return join(folder, name);
}
