import { fileURLToPath } from 'node:url';
import { benchmarks, groups } from './benchmarks/all.ts';
import { readCommandLine } from './command-line.ts';
import { compare, holds } from './report/compare.ts';
import { printComparison } from './report/print-comparison.ts';
import { readResults } from './report/results-file.ts';
import { run } from './run.ts';

const imagesFolder = fileURLToPath(new URL('../../docs/images', import.meta.url));

const asked = readCommandLine(benchmarks, process.argv);
if (asked.drawFrom === undefined) await measure();
else await drawFrom(asked.drawFrom);

async function measure(): Promise<void> {
  const { compareWith } = asked;
  // Read first: a file that cannot be read is told before the minutes of measuring, not after.
  const baseline = compareWith === undefined ? undefined : await readResults(compareWith);
  const { results, failed } = await run(groups, asked);
  if (failed.length > 0) process.exitCode = 1;
  if (baseline === undefined) return;
  console.log(`\nbeside ${compareWith}`);
  const comparison = compare(baseline.results, results);
  printComparison(comparison);
  if (!holds(comparison)) process.exitCode = 1;
}

async function drawFrom(file: string): Promise<void> {
  const { results } = await readResults(file);
  // Loaded only now: it is large.
  const { drawFiles } = await import('./charts/draw-files.ts');
  for (const drawn of await drawFiles(results, imagesFolder)) console.log(drawn);
  const { readmeTables } = await import('./report/readme-tables.ts');
  for (const { title, text } of readmeTables(results)) console.log(`\n${title}\n\n${text}`);
}
