import type { Redis } from 'ioredis';
import type { RedisConnection } from './script.ts';
import { mastersOf, readServerFacts, type ServerFacts } from './server-facts.ts';

export type RedisProblemCode =
  | 'unreachable'
  | 'version'
  | 'not_writable'
  | 'append_only_off'
  | 'append_failed'
  | 'eviction'
  | 'memory_short';

/** What is wrong with Redis, with the remedy. */
export interface RedisProblem {
  code: RedisProblemCode;
  message: string;
}

export interface RedisHealth {
  /** Each one fails readiness. Without any, what is accepted is durable (invariant 1). */
  problems: RedisProblem[];
  /** What could not be checked, where a managed Redis forbids to ask. */
  unchecked: string[];
  /** Over 80 % of `maxmemory`: nothing new is accepted, what is there goes on (invariant 12). Among the problems, too. */
  memoryShort: boolean;
  /** How full the fullest master is; absent where that could not be asked. `maxBytes` is 0 without a limit. */
  memory?: { usedBytes: number; maxBytes: number };
}

/** Above this part of `maxmemory` nothing new is accepted. */
export const memoryShortRatio = 0.8;
const oldestMajorVersion = 7;

/**
 * Writes nothing. Redis refuses to start a script that may write (one without `no-writes`) on a replica, after a failed
 * save or append, or with too few replicas; memory is not its business here.
 */
const writeProbe = '#!lua flags=allow-oom\nreturn 1';

/** Checks every master. Never rejects, and ends within `timeoutMs` for each step, however Redis hangs. */
export async function checkRedis(connection: RedisConnection, timeoutMs = 2_000): Promise<RedisHealth> {
  const masters = mastersOf(connection);
  if (masters.length === 0) return healthOf([unreachable('no master of the cluster is known')]);
  const healths = await Promise.all(
    masters.map((master) => checkMaster(master, connection.isCluster ? nodeName(master) : '', timeoutMs)),
  );
  const fullest = healths
    .flatMap(({ memory }) => memory ?? [])
    .toSorted((one, other) => filled(other) - filled(one))[0];
  return {
    problems: healths.flatMap(({ problems }) => problems),
    unchecked: healths.flatMap(({ unchecked }) => unchecked),
    memoryShort: healths.some(({ memoryShort }) => memoryShort),
    ...(fullest !== undefined && { memory: fullest }),
  };
}

/** Without a limit by bytes alone, behind all that have one. */
function filled({ usedBytes, maxBytes }: { usedBytes: number; maxBytes: number }): number {
  return maxBytes > 0 ? usedBytes / maxBytes : usedBytes / Number.MAX_SAFE_INTEGER;
}

async function checkMaster(redis: Redis, where: string, timeoutMs: number): Promise<RedisHealth> {
  let facts: ServerFacts;
  let writeFault: string | undefined;
  try {
    facts = await within(timeoutMs, readServerFacts(redis));
    writeFault = await within(timeoutMs, probeWrite(redis, facts));
  } catch (error) {
    return healthOf([unreachable(`${where}${error instanceof Error ? error.message : String(error)}`)]);
  }
  const health = judge(facts, writeFault);
  return {
    ...health,
    problems: health.problems.map(({ code, message }) => ({ code, message: `${where}${message}` })),
    unchecked: health.unchecked.map((message) => `${where}${message}`),
  };
}

function judge(facts: ServerFacts, writeFault: string | undefined): RedisHealth {
  const health = healthOf([]);
  const add = (code: RedisProblemCode, message: string): unknown => health.problems.push({ code, message });
  const { version, appendOnly, lastAppendOk, policy, usedBytes, maxBytes } = facts;
  if (version === undefined) health.unchecked.push('the version could not be checked');
  else if (Number.parseInt(version, 10) < oldestMajorVersion) {
    add('version', `Redis ${version} is too old: use Redis 7.0 or newer, or Valkey`);
  }
  if (writeFault !== undefined)
    add('not_writable', `Redis takes no writes (${writeFault}): connect to a healthy master`);
  if (appendOnly === undefined) health.unchecked.push('append-only persistence could not be checked');
  else if (!appendOnly) {
    add('append_only_off', 'appendonly is off, a restart would lose accepted requests: set appendonly yes');
  }
  if (lastAppendOk === false) {
    add('append_failed', 'the last write to the append-only file failed: free or mend its disk');
  }
  if (policy === undefined) health.unchecked.push('the eviction policy could not be checked');
  else if (policy !== 'noeviction') {
    add(
      'eviction',
      `maxmemory-policy is ${policy}, accepted requests could be evicted: set maxmemory-policy noeviction`,
    );
  }
  if (usedBytes === undefined || maxBytes === undefined) {
    health.unchecked.push('memory could not be checked');
    return health;
  }
  health.memory = { usedBytes, maxBytes };
  if (maxBytes > 0 && usedBytes > memoryShortRatio * maxBytes) {
    const percent = Math.floor((100 * usedBytes) / maxBytes);
    add(
      'memory_short',
      `memory is short, ${percent} % of maxmemory is used: raise maxmemory, or wait until work is done`,
    );
    return { ...health, memoryShort: true };
  }
  return health;
}

async function probeWrite(redis: Redis, { version, isReplica }: ServerFacts): Promise<string | undefined> {
  if (isReplica) return 'it is a replica';
  // Older ones know no script header, and are a problem anyway.
  if (version !== undefined && Number.parseInt(version, 10) < oldestMajorVersion) return undefined;
  try {
    await redis.call('eval', [writeProbe, 0]);
    return undefined;
  } catch (error) {
    // An answer of Redis's begins with a word in capitals; anything else is a connection's.
    const answer = error instanceof Error ? /^([A-Z]{2,}) /.exec(error.message)?.[1] : undefined;
    if (answer === undefined) throw error;
    return answer;
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(why: string): RedisProblem {
  return { code: 'unreachable', message: `Redis does not answer (${why}): check that it runs, and REDIS_URL` };
}

function healthOf(problems: RedisProblem[]): RedisHealth {
  return { problems, unchecked: [], memoryShort: false };
}

function nodeName({ options: { host, port } }: Redis): string {
  return `on ${host}:${port}: `;
}
