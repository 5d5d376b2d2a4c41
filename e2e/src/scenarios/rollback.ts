import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetSince, markNow } from '../world/forgetting.ts';
import { forgetUploads } from './left-uploads.ts';
import type { Scenario } from './scenario.ts';

const olderByMs = 8_000;
const bufferedMs = 1_000;

export const rollback: Scenario = {
  name: 'rollback',
  about: 'Redis is put back to a copy of its AOF that is 8 s old, under workers that know better',
  world: { sessionIndex: true },
  async run(world) {
    const folder = join(world.redis.folder, 'appendonlydir');
    const copy = join(world.redis.folder, 'copy');
    const mark = markNow(world);
    // What was answered by the mark is in the file by then.
    await world.pause(bufferedMs);
    await cp(folder, copy, { recursive: true });
    await world.pause(olderByMs);
    await world.fault(`Redis forgets ${olderByMs / 1_000} s`, async () => {
      await world.redis.kill();
      await rm(folder, { recursive: true });
      await cp(copy, folder, { recursive: true });
      await world.redis.restart();
      await forgetSince(world, mark);
    });
    // The copy may hold chunks of an upload whose seal came later.
    await forgetUploads(world);
  },
};
