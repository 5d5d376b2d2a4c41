import { fillDisk, mountSmallDisk } from '../world/small-disk.ts';
import type { World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

/** Room for what a run appends, and little to fill. */
const diskMegabytes = 96;
/** Past the lease of a call (14 s). */
const fullMs = 16_000;
const noticedWithinMs = 10_000;

export const diskFull: Scenario = {
  name: 'disk-full',
  about: "Redis's disk is full: no write reaches its AOF, so it refuses them all, until there is room again",
  async prepare() {
    const disk = await mountSmallDisk(diskMegabytes);
    return 'notHere' in disk ? disk : { world: { redis: { folder: disk.folder } }, end: async () => await disk.end() };
  },
  async run(world) {
    const { load, objections } = world;
    await world.fault("Redis's disk is full", async () => {
      const first = load.deliveries.length;
      const empty = await fillDisk(world.redis.folder);
      try {
        await world.until('Redis refuses writes', async () => !(await appends(world)), noticedWithinMs);
        await checkReadiness(world);
        await world.pause(fullMs);
      } finally {
        await empty();
      }
      await world.until('Redis takes writes again', async () => await appends(world), noticedWithinMs);
      const refused = load.deliveries.slice(first).filter(({ heard }) => heard.some((why) => why.startsWith('503')));
      world.say(`${refused.length} services were answered 503`);
      if (refused.length === 0) objections.push('no service was answered 503 while no write could be kept');
    });
  },
};

async function appends({ redisClient }: World): Promise<boolean> {
  return (await redisClient.info('persistence')).includes('aof_last_write_status:ok');
}

/** Whoever watches is told what to mend. */
async function checkReadiness({ producerUrl, objections }: World): Promise<void> {
  const response = await fetch(`${producerUrl}/readyz`);
  const text = await response.text();
  if (response.status !== 503 || !/append-only file failed/.test(text))
    objections.push(`with a full disk /readyz answered ${response.status}: ${text}`);
}
