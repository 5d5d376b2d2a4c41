import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { Benchmark, Size } from './benchmark.ts';

export interface Asked {
  size: Size;
  /** Names; all when empty. */
  names: readonly string[];
  parameters: ReadonlyMap<string, string>;
  out: string;
  /** Results to compare with. */
  compareWith: string | undefined;
  /** Results to draw charts from, in place of measuring. */
  drawFrom: string | undefined;
}

const latest = fileURLToPath(new URL('../results/latest.json', import.meta.url));

const optionsSchema = z.object({
  quick: z.boolean().optional(),
  full: z.boolean().optional(),
  set: z.array(z.string()).default([]),
  out: z.string(),
  compare: z.string().optional(),
  charts: z.string().optional(),
});

/** Reads the command line; ends the process with a usage text when it is wrong. */
export function readCommandLine(benchmarks: readonly Benchmark[], given: readonly string[]): Asked {
  const program = new Command('bench')
    .description('Measures Session Queue beside what people use today. Only ratios taken in one run mean something.')
    .argument('[name...]', `which ones; all when absent: ${benchmarks.map(({ name }) => name).join(', ')}`)
    .addOption(new Option('--quick', 'all in under 5 minutes').conflicts('full'))
    .option('--full', 'every variant, for the page of results; about an hour')
    .option('--set <name=value...>', "a benchmark's own parameter, as its result names it; lists with commas")
    .option('--out <file>', 'where the results go', latest)
    .option('--compare <file>', 'say which figures changed since these results; fails where a ratio fell by over 10 %')
    .option('--charts <file>', "measure nothing: draw the README's charts and print its tables from these results")
    .showHelpAfterError()
    .parse([...given]);
  const { quick, full, set, out, compare, charts } = optionsSchema.parse(program.opts());
  const unknown = program.args.filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) program.error(`no benchmark is called ${unknown.join(', ')}`);
  const wrong = set.filter((pair) => !/^[a-z]+=/.test(pair));
  if (wrong.length > 0) program.error(`--set takes name=value, and not ${wrong.join(', ')}`);
  return {
    size: quick ? 'quick' : full ? 'full' : 'default',
    names: program.args,
    parameters: new Map(set.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
    out,
    compareWith: compare,
    drawFrom: charts,
  };
}
