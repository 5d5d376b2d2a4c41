import { type Change, type Comparison, holds } from './compare.ts';

/** Prints every change, then what was left out, and last what fell. */
export function printComparison(comparison: Comparison): void {
  const { changes, fallen, missing, differing, left } = comparison;
  for (const change of changes) console.log(`  ${change.isRatio ? 'ratio ' : '      '}${changeText(change)}`);
  for (const text of left) console.log(`  NOT COMPARED: ${text}`);
  for (const text of differing) console.log(`  NOT COMPARABLE: ${text}`);
  for (const text of missing) console.log(`  MISSING: ${text}`);
  for (const change of fallen) console.log(`  FELL: ${changeText(change)}`);
  if (holds(comparison)) console.log(`  no ratio fell by more than 10 %`);
  else if (fallen.length + missing.length + differing.length === 0)
    console.log('  FAILED: there was no ratio to compare');
}

function changeText({ benchmark, figure, before, after, worse }: Change): string {
  const [was, is] = [before.toPrecision(3), after.toPrecision(3)];
  const way = worse > 0 ? 'worse' : 'better';
  const change = worse === 0 ? 'the same' : `${Math.abs(worse * 100).toFixed(0)} % ${way}`;
  return `${benchmark}: ${figure}: ${was} -> ${is} (${change})`;
}
