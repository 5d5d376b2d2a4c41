import type { Batch, ItemOutcome, Resolution } from '@session-queue/core/engine';
import type { Inspector, Verdict } from './inspector.ts';

/**
 * What becomes of a batch with items that must not be sent: they are settled, and the others go back in line as a batch of their own, which is
 * inspected in its turn. `undefined` in the usual case: all of it may be sent. Of verdicts with several codes one is carried out at a time.
 */
export async function inspectBatch(
  inspectors: readonly Inspector[],
  batch: Batch,
  packed: readonly Buffer[],
): Promise<Resolution | undefined> {
  for (const inspector of inspectors) {
    const verdicts = await inspector.inspect(batch, packed);
    const [first] = verdicts.values();
    if (first !== undefined) return settling(batch, verdicts, first);
  }
  return undefined;
}

function settling(batch: Batch, verdicts: ReadonlyMap<number, Verdict>, { code, message }: Verdict): Resolution {
  const outcomes = Array.from({ length: batch.size }, (_, position): ItemOutcome => {
    const verdict = verdicts.get(position);
    if (verdict?.code !== code) return 0;
    return verdict.outcome === 's' ? 'succeeded' : 'failed';
  });
  return { outcomes, code, message };
}
