import type { Redis } from 'ioredis';

/** Commands of whoever only looks. INFO is none: scripts ask for it too. */
const lookers = new Set(['ping', 'config|resetstat', 'latency|latest']);

const numberIn = (info: string, field: string): number =>
  Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);

export async function usedMemory(redis: Redis): Promise<number> {
  return numberIn(await redis.info('memory'), 'used_memory');
}

const stillMs = 250;
const stillBytes = 2_048;
const patienceMs = 5_000;

/** Memory in use once it lies still: what was unlinked is freed in the background, and buffers of connections come and go. */
export async function settledMemory(redis: Redis): Promise<number> {
  let before = await usedMemory(redis);
  for (const until = performance.now() + patienceMs; ; ) {
    await new Promise((resolve) => setTimeout(resolve, stillMs));
    const info = await redis.info('memory');
    const bytes = numberIn(info, 'used_memory');
    const isStill = numberIn(info, 'lazyfree_pending_objects') === 0 && Math.abs(bytes - before) < stillBytes;
    if (isStill || performance.now() > until) return bytes;
    before = bytes;
  }
}

/** Seconds of processor time that Redis has used. */
export async function redisCpuSeconds(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const times = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, seconds]) => Number(seconds));
  return times.reduce((sum, seconds) => sum + seconds, 0);
}

export interface CommandCost {
  command: string;
  calls: number;
  microseconds: number;
}

/** The log of slow commands holds their arguments: up to half a megabyte that is nobody's data. */
export async function keepNoSlowlog(redis: Redis): Promise<void> {
  await redis.config('SET', 'slowlog-log-slower-than', -1);
  await redis.slowlog('RESET');
}

/** Begins the counts of `commandCosts` and `stalls` anew. */
export async function beginCounting(redis: Redis): Promise<void> {
  await redis.config('SET', 'latency-monitor-threshold', 1);
  await redis.latency('RESET');
  await redis.config('RESETSTAT');
}

/** Redis commands since `beginCounting`, those inside scripts too; a script's own time holds that of its commands. */
export async function commandCosts(redis: Redis): Promise<CommandCost[]> {
  const info = await redis.info('commandstats');
  const costs = [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm)].map(([, command = '', calls, time]) => {
    return { command, calls: Number(calls), microseconds: Number(time) };
  });
  return costs.filter(({ command }) => !lookers.has(command)).sort((one, other) => other.calls - one.calls);
}

/** By Redis's own latency monitor: what held it, and the longest time of each in milliseconds. */
export async function stalls(redis: Redis): Promise<Record<string, number>> {
  const events = await redis.latency('LATEST');
  const entries = Array.isArray(events) ? events.filter(Array.isArray) : [];
  return Object.fromEntries(entries.map(([event, , , longest]) => [String(event), Number(longest)]));
}
