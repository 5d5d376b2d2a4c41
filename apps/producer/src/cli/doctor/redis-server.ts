import { clockToleranceMs, clockWords, type RedisConnection, type SystemHealth } from '@session-queue/core';
import { mastersOf, readServerFacts } from '@session-queue/core/engine';
import { type Finding, fromMessage, ok, warn } from './finding.ts';

/** What Redis itself is like: whether what is accepted is safe there. */
export async function checkServer(
  redis: RedisConnection,
  { problems, unchecked, warnings, work }: SystemHealth,
): Promise<Finding[]> {
  const findings = [
    ...problems.map(({ message }) => fromMessage('bad', message)),
    ...unchecked.map((what) => warn(what, 'look at it where Redis is managed')),
  ];
  if (problems.some(({ code }) => code === 'unreachable')) return findings;
  const clock = warnings.find(({ code }) => code === 'clock');
  const clockFindings = clock === undefined ? [clockFinding('Redis', 0)] : [fromMessage(clock.level, clock.message)];
  // Where nobody could be asked it stands among what was not checked.
  // A connection that is being made anew has nothing to tell.
  return [...(await describeServer(redis).catch(() => [])), ...findings, ...(work === undefined ? [] : clockFindings)];
}

async function describeServer(redis: RedisConnection): Promise<Finding[]> {
  const [master] = mastersOf(redis);
  if (master === undefined) return [];
  const { version = 'of an unknown version', appendOnly, policy, usedBytes, maxBytes } = await readServerFacts(master);
  const memory =
    usedBytes === undefined
      ? ''
      : `, ${megabytes(usedBytes)} used${maxBytes ? ` of ${megabytes(maxBytes)}` : ' (no limit)'}`;
  return [ok(`Redis ${version} answers: appendonly ${onOff(appendOnly)}, ${policy ?? 'policy unknown'}${memory}`)];
}

/** What a difference between two clocks means. */
export function clockFinding(whose: string, offMs: number, toleranceMs = clockToleranceMs): Finding {
  if (Math.abs(offMs) <= toleranceMs) return ok(`The clocks of ${whose} and of this machine agree`);
  const { what, remedy } = clockWords(whose, offMs);
  return warn(what, remedy);
}

function onOff(value: boolean | undefined): string {
  return value === undefined ? 'unknown' : value ? 'on' : 'off';
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
