import { quietEnvironment, readManifest } from '../project.mjs';
import { note, step } from '../terminal/step.mjs';
import { installPackages } from './packages.mjs';
import { ensurePnpm, pinnedPnpm } from './pnpm.mjs';
import { ensureRedisServer } from './redis.mjs';

/**
 * Brings a machine with nothing but Node and npm to where the project can be built, run and tested.
 * @param {{ needsOwnRedis: boolean }} needs whether a server to run is needed even where REDIS_URL is set
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for everything that follows
 */
export async function setUp({ needsOwnRedis }) {
  const { packageManager } = readManifest();
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...process.env, ...quietEnvironment };
  const withPnpm = await step('pnpm', async () => await ensurePnpm(pinnedPnpm(packageManager), environment));
  await step('Packages', async () => await installPackages(withPnpm));
  return await step('Redis', async () => {
    const isGiven = (withPnpm.REDIS_URL ?? '') !== '';
    if (isGiven) note('REDIS_URL is set: that Redis is used');
    if (isGiven && !needsOwnRedis) return withPnpm;
    if (isGiven) note('some tests stop or starve a Redis, and need a server of their own for that');
    return await ensureRedisServer(withPnpm);
  });
}
