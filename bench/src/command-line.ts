import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { Benchmark, Size } from './benchmark.ts';
import { parametersOf } from './benchmarks/parameters.ts';

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
    .option('--set <name=value...>', "a benchmark's own parameter, as named below; lists with commas")
    .option('--out <file>', 'where the results go', latest)
    .option(
      '--compare <file>',
      'say what changed since these results; fails where a ratio fell by over 10 %, or cannot be compared',
    )
    .option('--charts <file>', "measure nothing: draw the README's charts and print its tables from these results")
    .addHelpText('after', `\n${parameterHelp()}`)
    .showHelpAfterError('(--help tells what there is)')
    .parse([...given]);
  const { quick, full, set, out, compare, charts } = optionsSchema.parse(program.opts());
  const unknown = program.args.filter((name) => !benchmarks.some((one) => one.name === name));
  if (unknown.length > 0) program.error(`no benchmark is called ${unknown.join(', ')}`);
  const chosen = program.args.length === 0 ? benchmarks.map(({ name }) => name) : program.args;
  const parameters = new Map(set.map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]));
  for (const name of parameters.keys()) {
    if (!chosen.some((one) => Object.hasOwn(parametersOf[one] ?? {}, name))) {
      program.error(
        `--set ${name}=: ${chosen.length === 1 ? `${chosen[0]} has` : 'none of these has'} no such parameter`,
      );
    }
  }
  return {
    size: quick ? 'quick' : full ? 'full' : 'default',
    names: program.args,
    parameters,
    out,
    compareWith: compare,
    drawFrom: charts,
  };
}

function parameterHelp(): string {
  const texts = Object.entries(parametersOf).map(([benchmark, parameters]) => {
    const lines = Object.entries(parameters).map(([name, meaning]) => `    ${name}=  ${meaning}`);
    return `  ${benchmark}\n${lines.join('\n')}`;
  });
  return `Parameters for --set:\n${texts.join('\n')}`;
}
