import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Result } from '../benchmark.ts';

/** A ratio may fall by this part before it counts as a regression. */
const tolerated = 0.1;

const baselineSchema = z.object({
  results: z.array(
    z.object({
      benchmark: z.string(),
      figures: z.array(
        z.object({ name: z.string(), value: z.number(), isRatio: z.boolean(), better: z.enum(['higher', 'lower']) }),
      ),
    }),
  ),
});

export interface Change {
  benchmark: string;
  figure: string;
  before: number;
  after: number;
  /** The part by which it got worse; negative where it got better. */
  worse: number;
  fails: boolean;
}

/** How each figure has changed since a baseline. Only ratios can fail: single times depend on the machine. */
export async function compare(file: string, results: readonly Result[]): Promise<Change[]> {
  const baseline = baselineSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const changes: Change[] = [];
  for (const { benchmark, figures } of baseline.results) {
    const now = results.find((one) => one.benchmark === benchmark);
    for (const { name, value: before, isRatio, better } of figures) {
      const after = now?.figures.find((one) => one.name === name)?.value;
      if (after === undefined || before === 0) continue;
      const worse = better === 'higher' ? (before - after) / before : (after - before) / before;
      changes.push({ benchmark, figure: name, before, after, worse, fails: isRatio && worse > tolerated });
    }
  }
  return changes;
}

export function printChanges(changes: readonly Change[]): void {
  for (const { benchmark, figure, before, after, worse, fails } of changes) {
    const way = worse > 0 ? 'worse' : 'better';
    const mark = fails ? 'FELL ' : '     ';
    const [was, is] = [before.toPrecision(3), after.toPrecision(3)];
    console.log(`${mark}${benchmark}: ${figure}: ${was} -> ${is} (${Math.abs(worse * 100).toFixed(0)} % ${way})`);
  }
}
