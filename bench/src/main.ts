import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import type { Result, Size } from './benchmark.ts';
import { benchmarks } from './benchmarks/all.ts';
import { compare, holds } from './report/compare.ts';
import { print } from './report/print.ts';
import { printComparison } from './report/print-comparison.ts';
import { readResults } from './report/results-file.ts';

const resultsFolder = fileURLToPath(new URL('../results', import.meta.url));

const program = new Command('bench')
  .description('Measures Session Queue beside what people use today. Only ratios taken in one run mean something.')
  .argument('[name...]', `which ones; all when absent: ${benchmarks.map(({ name }) => name).join(', ')}`)
  .addOption(new Option('--quick', 'all in under 5 minutes').conflicts('full'))
  .option('--full', 'every variant, for the page of results')
  .option('--set <name=value...>', "a benchmark's own parameter, as its table names it")
  .option('--out <file>', 'where the results go', join(resultsFolder, 'latest.json'))
  .option('--compare <file>', 'say which figures changed since these results; fails where a ratio fell by over 10 %')
  .showHelpAfterError()
  .parse();

const {
  quick,
  full,
  set = [],
  out,
  compare: compareFile,
} = program.opts<{
  compare?: string;
  quick?: boolean;
  full?: boolean;
  set?: string[];
  out: string;
}>();
const size: Size = quick ? 'quick' : full ? 'full' : 'default';
const parameters = new Map(
  set.map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
);
const unknown = program.args.filter((name) => !benchmarks.some((one) => one.name === name));
if (unknown.length > 0) program.error(`no benchmark is called ${unknown.join(', ')}`);
// Read first: a file that cannot be read is told before the minutes of measuring, not after.
const baseline = compareFile === undefined ? undefined : await readResults(compareFile);

const results: Result[] = [];
for (const benchmark of benchmarks) {
  if (program.args.length > 0 && !program.args.includes(benchmark.name)) continue;
  console.log(`\n== ${benchmark.name}: ${benchmark.shows}`);
  const result = await benchmark.run({ size, parameters, say: (text) => console.log(`   ${text}`) });
  print(result);
  results.push(result);
}
const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
await mkdir(resultsFolder, { recursive: true });
await writeFile(out, `${JSON.stringify({ at: new Date().toISOString(), size, machine, results }, null, 2)}\n`);
console.log(`\nwritten to ${out}`);
if (baseline !== undefined) {
  console.log(`\nbeside ${compareFile}`);
  const comparison = compare(baseline.results, results);
  printComparison(comparison);
  if (!holds(comparison)) process.exitCode = 1;
}
