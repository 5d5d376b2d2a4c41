import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from './scenario.ts';

const outageMs = 60_000;
/** Redis waits so long for every command that it loads (a setting made for its own tests), and wakes a bit late. */
const loadDelayMicroseconds = 400;
const wakesLateMicroseconds = 100;
const leastDownMs = 5_000;

export const redisMinute: Scenario = {
  name: 'redis-minute',
  about: 'kill -9 of Redis, and a restart that takes 60 s: refused at first, then loading',
  world: {
    redis: { config: { 'key-load-delay': String(loadDelayMicroseconds) }, readyWithinMs: 3 * outageMs },
  },
  async run(world) {
    await world.fault('kill -9 of Redis, away for 60 s', async () => {
      const from = performance.now();
      await world.redis.kill();
      const commands = await commandsIn(join(world.redis.folder, 'appendonlydir'));
      const loadMs = (commands * (loadDelayMicroseconds + wakesLateMicroseconds)) / 1_000;
      await world.pause(Math.max(leastDownMs, outageMs - loadMs));
      const startedAt = performance.now();
      await world.redis.restart();
      const [away, loading] = [performance.now() - from, performance.now() - startedAt];
      world.say(`away for ${Math.round(away / 1_000)} s, of them ${Math.round(loading / 1_000)} s loading`);
    });
  },
};

/** How many commands an AOF holds. Items hold no line that begins like one. */
async function commandsIn(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.aof'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'latin1')));
  return texts.join('\n').split('\n*').length;
}
