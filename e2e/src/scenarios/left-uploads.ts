import { ageUploads, uploadsLeft } from '../world/age.ts';
import type { World } from '../world/world.ts';

/** Whoever took over an upload, or goes on with it, is done by then. */
const stillMs = 5_000;
const forgottenWithinMs = 20_000;

/** Uploads that nobody continues are forgotten after their time, and by nobody sooner. */
export async function forgetUploads(world: World): Promise<void> {
  await world.pause(stillMs);
  const left = await ageUploads(world, stillMs);
  world.say(`an hour goes by for ${left} uploads that nobody continues`);
  await world
    .until(
      'uploads that nobody continues are forgotten',
      async () => (await uploadsLeft(world)) === 0,
      forgottenWithinMs,
    )
    .catch(() => world.objections.push('uploads that nobody continues are not forgotten'));
}
