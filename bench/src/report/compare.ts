import { isDeepStrictEqual } from 'node:util';
import type { Result } from '../benchmark.ts';
import type { StoredResult } from './results-file.ts';

type Measured = Pick<StoredResult, 'benchmark' | 'parameters' | 'figures'>;

/** A ratio may get worse by this part before it counts as a regression. */
const tolerated = 0.1;

export interface Change {
  benchmark: string;
  figure: string;
  before: number;
  after: number;
  /** The part by which it got worse; negative where it got better. */
  worse: number;
  isRatio: boolean;
}

export interface Comparison {
  changes: Change[];
  /** Ratios that got worse by more than is tolerated. Only ratios count: single times depend on the machine. */
  fallen: Change[];
  /** Ratios of the baseline that these results do not have. */
  missing: string[];
  /** What was run, but with other parameters: not one of its ratios is held against anything. */
  differing: string[];
  /** What was not run. */
  left: string[];
}

/** Sets results beside those of an earlier run. What ran with other parameters is another measurement: it is named, and fails. */
export function compare(baseline: readonly Measured[], results: readonly Result[]): Comparison {
  const comparison: Comparison = { changes: [], fallen: [], missing: [], differing: [], left: [] };
  for (const before of baseline) {
    const after = results.find(({ benchmark }) => benchmark === before.benchmark);
    if (after === undefined) comparison.left.push(`${before.benchmark} was not run`);
    else if (isDeepStrictEqual(asStored(before.parameters), asStored(after.parameters))) {
      compareFigures(before, after, comparison);
    } else {
      const difference = differences(asStored(before.parameters), asStored(after.parameters));
      comparison.differing.push(`${before.benchmark} ran with other parameters: ${difference}`);
    }
  }
  comparison.fallen = comparison.changes.filter(({ isRatio, worse }) => isRatio && worse > tolerated);
  return comparison;
}

/** Whether all that was run could be compared, nothing fell, and something was there that could have. */
export function holds({ changes, fallen, missing, differing }: Comparison): boolean {
  return [fallen, missing, differing].every(({ length }) => length === 0) && changes.some(({ isRatio }) => isRatio);
}

function compareFigures(before: Measured, after: Result, { changes, missing }: Comparison): void {
  const { benchmark } = before;
  for (const { name, unit, value, isRatio, better } of before.figures) {
    if (value === null) continue;
    const now = after.figures.find((one) => one.name === name && one.unit === unit);
    if (now !== undefined && Number.isFinite(now.value)) {
      const worse = worsening(value, now.value, better);
      // What has been found to be unsteady since then fails no more.
      changes.push({
        benchmark,
        figure: name,
        before: value,
        after: now.value,
        worse,
        isRatio: isRatio && now.isRatio,
      });
    } else if (isRatio) missing.push(`${benchmark}: ${name}`);
  }
}

function worsening(before: number, after: number, better: 'higher' | 'lower'): number {
  const more = better === 'higher' ? before - after : after - before;
  return more === 0 ? 0 : more / Math.abs(before);
}

type Parameters = Readonly<Record<string, unknown>>;

/** As a file gives them back: without what is undefined, with null for what is no number. */
function asStored(parameters: Parameters): Parameters {
  const stored: unknown = JSON.parse(JSON.stringify(parameters));
  return Object.fromEntries(Object.entries(typeof stored === 'object' && stored !== null ? stored : {}));
}

function differences(before: Parameters, after: Parameters): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map(
      (name) => `${name} ${JSON.stringify(before[name]) ?? 'not set'} -> ${JSON.stringify(after[name]) ?? 'not set'}`,
    )
    .join(', ');
}
