import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { consumerScript } from '../lanes/script-files.ts';

const sweepScript = consumerScript(new URL('./scripts/sweep-parts.lua', import.meta.url));

/** Records of a slice, each with its dozen parts; Redis gives up to 128 at once where there are no more. */
const recordsPerSlice = 50;
/** Only what a worker of a version before leaves behind is to be found: days are left for that. */
const restMs = 6 * 3600 * 1000;

/**
 * Gives the parts of a slice of a consumer's requests the expiry that their records have; answers with the ms until the next slice, `undefined`
 * where there are no requests. After the last slice it rests for `restMs` (6 h).
 */
export async function sweepRequestParts({ redis, base }: ConsumerKeys): Promise<number | undefined> {
  const left = z.int().parse(await sweepScript.run(redis, [base], [recordsPerSlice, restMs]));
  return left < 0 ? undefined : left;
}
