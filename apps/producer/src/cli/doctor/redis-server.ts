import { checkRedis, type RedisConnection, type RedisProblem } from '@session-queue/core';
import { readServerFacts } from '@session-queue/core/engine';
import { Cluster } from 'ioredis';
import { bad, type Finding, ok, warn } from './finding.ts';

/** Learnosity refuses calls whose time is too far off, and people read the times of Redis. */
const clockToleranceMs = 2_000;

/** What Redis itself is like: whether what is accepted is safe there. */
export async function checkServer(redis: RedisConnection): Promise<Finding[]> {
  const { problems, unchecked } = await checkRedis(redis);
  const findings = [
    ...problems.map(ofProblem),
    ...unchecked.map((what) => warn(what, 'look at it where Redis is managed')),
  ];
  if (problems.some(({ code }) => code === 'unreachable')) return findings;
  return [...(await describeServer(redis)), ...findings, await checkClock(redis)];
}

/** A problem names its remedy behind the last colon. */
function ofProblem({ message }: RedisProblem): Finding {
  const colon = message.lastIndexOf(': ');
  return bad(message.slice(0, colon), message.slice(colon + 2));
}

async function describeServer(redis: RedisConnection): Promise<Finding[]> {
  const [master] = redis instanceof Cluster ? redis.nodes('master') : [redis];
  if (master === undefined) return [];
  const { version = 'of an unknown version', appendOnly, policy, usedBytes, maxBytes } = await readServerFacts(master);
  const memory =
    usedBytes === undefined
      ? ''
      : `, ${megabytes(usedBytes)} used${maxBytes ? ` of ${megabytes(maxBytes)}` : ' (no limit)'}`;
  return [ok(`Redis ${version} answers: appendonly ${onOff(appendOnly)}, ${policy ?? 'policy unknown'}${memory}`)];
}

async function checkClock(redis: RedisConnection): Promise<Finding> {
  const before = Date.now();
  const [seconds = 0, microseconds = 0] = (await redis.time()).map(Number);
  const after = Date.now();
  const theirs = seconds * 1_000 + microseconds / 1_000;
  // Anything between asking and hearing is no difference.
  const off = theirs < before ? theirs - before : Math.max(0, theirs - after);
  return clockFinding('Redis', off);
}

/** What a difference between two clocks means. */
export function clockFinding(whose: string, offMs: number, toleranceMs = clockToleranceMs): Finding {
  if (Math.abs(offMs) <= toleranceMs) return ok(`The clocks of ${whose} and of this machine agree`);
  const seconds = (Math.abs(offMs) / 1_000).toFixed(1);
  const which = offMs > 0 ? 'ahead of' : 'behind';
  return warn(
    `The clock of ${whose} is ${seconds} s ${which} this machine's`,
    'set both by NTP; Learnosity refuses calls with a wrong time',
  );
}

function onOff(value: boolean | undefined): string {
  return value === undefined ? 'unknown' : value ? 'on' : 'off';
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
