import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';

const local = (name: string) => new URL(`./${name}.lua`, import.meta.url);
const sweepScript = consumerScript(local('table'), local('sweep'));

/** Of some 48 entries each. */
const bucketsPerSlice = 8;
/** Requests age out over days: an index that has been gone through has little to give for hours. */
const restMs = 6 * 3600 * 1000;

/**
 * Takes a slice of what is dead out of a consumer's index of sessions; answers with the ms until the next slice, `undefined` where
 * there is no index. After the last slice it rests for `restMs` (6 h).
 */
export async function sweepSessions(
  { redis, base }: ConsumerKeys,
  options: { restMs?: number } = {},
): Promise<number | undefined> {
  const args = [bucketsPerSlice, options.restMs ?? restMs];
  const left = z.int().parse(await sweepScript.run(redis, [base], args));
  return left < 0 ? undefined : left;
}
