import { Announcements } from '../consumers/announcements.ts';
import { checkRedis, type RedisHealth } from '../redis/check-redis.ts';
import type { RedisConnection } from '../redis/script.ts';
import { clockOffMs, clockToleranceMs, clockWords } from './clock.ts';

/**
 * What keeps work from going on, or may, though Redis is safe to accept requests with: it fails nobody's readiness, since taking an
 * app out of service would mend nothing. `bad`: nothing is sent at all.
 */
export interface Warning {
  level: 'bad' | 'warn';
  code: 'clock' | 'no_workers' | 'consumer_unserved';
  /** What it is, without the names of consumers: not everybody who may ask may know them. The remedy stands behind the last colon. */
  message: string;
}

export interface SystemHealth extends RedisHealth {
  warnings: Warning[];
  /** Which workers live, and which announced consumers no living one knows. Absent where Redis could not be asked. */
  work?: { workers: number; served: string[]; unserved: string[] };
}

/** How long Redis may take over the questions about work, in ms. */
const timeoutMs = 2_000;

/**
 * Every check that the command line's doctor and each app's `/readyz` share, so that both use the same words. Never rejects, and is
 * bounded however Redis hangs.
 */
export async function checkSystem(redis: RedisConnection, prefix: string): Promise<SystemHealth> {
  const health = await checkRedis(redis);
  // A Redis that takes no writes may be the wrong one: what it knows of workers says nothing.
  if (health.problems.some(({ code }) => code === 'unreachable' || code === 'not_writable'))
    return { ...health, warnings: [] };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  const read = await Promise.race([readWork(redis, prefix).catch(() => undefined), timeout]);
  clearTimeout(timer);
  if (read === undefined) {
    return { ...health, warnings: [], unchecked: [...health.unchecked, 'workers and clock could not be checked'] };
  }
  return { ...health, warnings: warningsOf(read, prefix), work: read.work };
}

interface WorkRead {
  offMs: number;
  work: { workers: number; served: string[]; unserved: string[] };
}

async function readWork(redis: RedisConnection, prefix: string): Promise<WorkRead> {
  const announcements = new Announcements(redis, prefix);
  const offMs = await clockOffMs(redis);
  const [names, living] = await Promise.all([announcements.names(), announcements.living(Date.now() + offMs)]);
  const served = new Set([...living.values()].flat());
  const unserved = names.filter((name) => !served.has(name));
  return { offMs, work: { workers: living.size, served: [...served].sort(), unserved } };
}

function warningsOf({ offMs, work: { workers, unserved } }: WorkRead, prefix: string): Warning[] {
  const warnings: Warning[] = [];
  if (Math.abs(offMs) > clockToleranceMs) {
    const { what, remedy } = clockWords('Redis', offMs);
    warnings.push({ level: 'warn', code: 'clock', message: `${what}: ${remedy}` });
  }
  if (workers === 0) {
    const known = unserved.length === 0 ? 'no consumer was ever announced' : 'requests wait';
    const message = `No worker is alive under the prefix ${prefix}, ${known}: start a worker with the same REDIS_URL and REDIS_PREFIX`;
    warnings.push({ level: 'bad', code: 'no_workers', message });
  } else if (unserved.length > 0) {
    const count = unserved.length === 1 ? '1 consumer' : `${unserved.length} consumers`;
    const message = `No living worker knows ${count} that had one: give a worker their credentials (CONSUMERS_FILE), if anything is still to be done for them`;
    warnings.push({ level: 'warn', code: 'consumer_unserved', message });
  }
  return warnings;
}
