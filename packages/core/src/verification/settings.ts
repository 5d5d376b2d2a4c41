import type { ConsumerKeys } from '../lanes/keys.ts';

/**
 * Which deletions are verified that say nothing of it: those `selections` whose sessions were seen when they were chosen, `always` (they
 * are looked for before they are deleted), or `never`.
 */
export const verifyModes = ['selections', 'always', 'never'] as const;
export type VerifyMode = (typeof verifyModes)[number];

/** How the deletions of a consumer are verified. Times are ms. */
export interface VerificationSettings {
  deletions: VerifyMode;
  /** The grace: how long after the end of its job a session is first asked for. */
  afterMs: number;
  /** How long it is asked for; after half of it, it is deleted once more. */
  forMs: number;
  /** How long after that some verified sessions of each request are asked for again. */
  sampleAfterMs: readonly number[];
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const defaultVerification: VerificationSettings = {
  deletions: 'selections',
  afterMs: 5 * minuteMs,
  forMs: dayMs,
  sampleAfterMs: [7 * dayMs, 28 * dayMs],
};

export const verificationKey = (keys: ConsumerKeys): string => `${keys.base}verification`;

/** Says in Redis what the scripts of this consumer's lanes are to go by; the last worker's word counts. */
export async function noteVerification(
  keys: ConsumerKeys,
  { deletions, afterMs, sampleAfterMs }: VerificationSettings,
): Promise<void> {
  const key = verificationKey(keys);
  const [first] = sampleAfterMs;
  await keys.redis.hset(key, { mode: deletions, afterMs, ...(first !== undefined && { sampleMs: first }) });
  if (first === undefined) await keys.redis.hdel(key, 'sampleMs');
}
