import type { RedisConnection } from '../redis/script.ts';

/** Learnosity refuses calls whose time is too far off, and people read the times of Redis; in ms. */
export const clockToleranceMs = 2_000;

/** How far the clock of Redis is ahead of this machine's, in ms; negative when behind. Anything between asking and hearing is no difference. */
export async function clockOffMs(redis: RedisConnection): Promise<number> {
  const before = Date.now();
  const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
  const after = Date.now();
  const theirs = seconds * 1_000 + microseconds / 1_000;
  return theirs < before ? theirs - before : Math.max(0, theirs - after);
}

/** How a difference between two clocks is told, with its remedy. */
export function clockWords(whose: string, offMs: number): { what: string; remedy: string } {
  const which = offMs > 0 ? 'ahead of' : 'behind';
  return {
    what: `The clock of ${whose} is ${(Math.abs(offMs) / 1_000).toFixed(1)} s ${which} this machine's`,
    remedy: 'set both by NTP; Learnosity refuses calls with a wrong time',
  };
}
