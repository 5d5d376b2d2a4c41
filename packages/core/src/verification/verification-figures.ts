import { consumerKeys } from '../lanes/keys.ts';
import type { RedisConnection } from '../redis/script.ts';
import { verificationKey } from './settings.ts';

const names = [
  'waiting',
  'looked',
  'checked',
  'verified',
  'stillThere',
  'unasked',
  'unseen',
  'again',
  'sampled',
  'reappeared',
] as const;

/**
 * How the verification of a consumer's deletions stands, in sessions: how many wait to be asked for, and, ever growing, how many were
 * looked for before their deletion, asked for behind it (each time counts), verified, still there after two deletions, never asked for, never
 * seen before their deletion, so that they cannot be asked for, deleted again, asked for once more by samples, and found back by them.
 */
export interface VerificationFigures extends Record<(typeof names)[number], number> {
  consumer: string;
  /** Since when the first of those that wait is due, or from when; ms of Redis's clock. */
  dueAt: number | undefined;
  /** When a session was last found to be still there, and when one was back again. */
  stillThereAt: number | undefined;
  reappearedAt: number | undefined;
}

/** Reads them; all 0 where nothing was ever verified. */
export async function readVerificationFigures(
  redis: RedisConnection,
  prefix: string,
  consumer: string,
): Promise<VerificationFigures> {
  const keys = consumerKeys(redis, prefix, consumer);
  const [[stillThereAt, reappearedAt, ...counts], [, dueAt]] = await Promise.all([
    redis.hmget(verificationKey(keys), 'stillThereAt', 'reappearedAt', ...names),
    redis.zrange(`${keys.base}verifications`, '0', '0', 'WITHSCORES'),
  ]);
  const figures = Object.fromEntries(names.map((name, i) => [name, Number(counts[i] ?? 0)]));
  // Made of exactly these names.
  return {
    ...(figures as Record<(typeof names)[number], number>),
    consumer,
    dueAt: numberIn(dueAt),
    stillThereAt: numberIn(stillThereAt),
    reappearedAt: numberIn(reappearedAt),
  };
}

function numberIn(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}
