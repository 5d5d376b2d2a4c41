import type { World } from './world.ts';

const hourMs = 3_600_000;
/** Past the day after which a reference without an end has an unknown outcome. */
const jobAgeMs = 25 * hourMs;
/** Past the 10 minutes after which an upload that has lain still is not continued. */
const uploadAgeMs = hourMs;

/**
 * Lets a day go by for the jobs that were submitted so long ago and have not ended: their batches' records say so, and they come due
 * at once. Redis's clock cannot be moved here. Answers with how many there were.
 */
export async function ageJobs(world: World, submittedForMs: number): Promise<number> {
  const { redisClient: redis, agedReferences } = world;
  let aged = 0;
  for (const base of bases(world)) {
    for (const id of await redis.zrange(`${base}due`, '0', '-1')) {
      const key = `${base}batch:${id}`;
      const [state, reference, submittedAt] = await redis.hmget(key, 'state', 'reference', 'submittedAt');
      if (state !== 'submitted' || !reference || Date.now() - Number(submittedAt) < submittedForMs) continue;
      agedReferences.add(reference);
      await redis.hset(key, 'submittedAt', Date.now() - jobAgeMs);
      await redis.zadd(`${base}due`, 'XX', Date.now(), id);
      aged += 1;
    }
  }
  return aged;
}

/** Lets an hour go by for uploads of which nothing has come for so long. Answers with how many there were. */
export async function ageUploads(world: World, stillForMs: number): Promise<number> {
  const { redisClient: redis } = world;
  let aged = 0;
  for (const base of bases(world)) {
    for (const entry of await redis.zrangebyscore(`${base}receiving`, '-inf', `${Date.now() - stillForMs}`)) {
      const [token = '', id = ''] = entry.split(' ', 2);
      const key = `${base}request:${id}`;
      const [state, holder] = await redis.hmget(key, 'state', 'token');
      if (state === 'receiving' && holder === token) await redis.hset(key, 'touchedAt', Date.now() - uploadAgeMs);
      await redis.zadd(`${base}receiving`, 'XX', Date.now() - uploadAgeMs, entry);
      aged += 1;
    }
  }
  return aged;
}

/** Lets an hour go by since every call is noted. Answers with how many consumers' are: nothing was sent before the world began. */
export async function ageNotes(world: World): Promise<number> {
  const { redisClient: redis } = world;
  let aged = 0;
  for (const base of bases(world)) {
    if ((await redis.hexists(`${base}quota`, 'notedSince')) === 0) continue;
    await redis.hset(`${base}quota`, 'notedSince', Date.now() - hourMs);
    aged += 1;
  }
  return aged;
}

/** How many uploads are under way, or were left. */
export async function uploadsLeft(world: World): Promise<number> {
  const counts = await Promise.all(bases(world).map((base) => world.redisClient.zcard(`${base}receiving`)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function bases({ consumers }: World): string[] {
  return consumers.map(({ name }) => `session-queue:{${name}}:`);
}
