import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { markdownTable } from './report/markdown.ts';
import { hasVerdict, isFailure, printTable, type Row } from './report/table.ts';
import { runHere } from './run.ts';
import { scenarios } from './scenarios/all.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { resultsFolder } from './world/places.ts';

const teaching = `
Each scenario runs on an empty Redis with AOF, built workers, the producer and a strict stand-in for Learnosity, each a process
of its own, with a load of mixed requests on every way in. It breaks something, mends it, waits until all is quiet, and
compares item by item what services were promised, what the requests say, what Learnosity's books say and what is left in Redis.
Exit code 1 when a rule is broken.

  npm run faults                                    every scenario once, but the long ones
  npm run faults -- --only redis-kill sigstop       some of them
  npm run faults -- --only redis-kill --seed 3f9c   the same load and the same schedule of faults again
  npm run faults -- --long                          the soak and the long kill runs too

How to write a scenario: e2e/README.md`;

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number over 0.');
  return value;
};

const program = new Command('faults')
  .description('Breaks things under load, and proves that nothing accepted is lost and no quota is exceeded.')
  .option('--seed <text>', 'repeats a run: the seed that it printed')
  .option(
    '--minutes <number>',
    'how long scenarios without an end of their own break things (1; 30 of the soak, half a one of mixed)',
    positive,
  )
  .option('--only <name...>', 'these scenarios')
  .option('--long', 'also what takes long: the soak, 200 kills')
  .option('--at-once <number>', 'scenarios side by side, each in a world of its own', positive, 3)
  .option('--list', 'names every scenario, and runs none')
  .option(
    '--verbose',
    'keeps what every process said, in a file for each scenario: of one that breaks a rule it is kept anyway',
  )
  .option('--out <file>', 'where the results go', join(resultsFolder, 'latest.json'))
  .addHelpText('after', teaching)
  .showHelpAfterError()
  .parse();

interface Options {
  seed?: string;
  minutes?: number;
  only?: string[];
  long?: boolean;
  atOnce: number;
  list?: boolean;
  verbose?: boolean;
  out: string;
}
const {
  seed = randomBytes(4).toString('hex'),
  minutes,
  only,
  long = false,
  atOnce,
  list,
  verbose,
  out,
} = program.opts<Options>();

const unknown = (only ?? []).filter((name) => !scenarios.some((one) => one.name === name));
if (unknown.length > 0) program.error(`no scenario is called ${unknown.join(', ')}`);

if (list) {
  for (const { name, about, long: isLong } of scenarios) console.log(`${name}${isLong ? ' (--long)' : ''}: ${about}`);
} else {
  const chosen = scenarios.filter((one) => (only === undefined ? long || !one.long : only.includes(one.name)));
  console.log(`seed ${seed}`);
  await mkdir(resultsFolder, { recursive: true });
  const outcomes = await runAll(chosen);
  printTable(outcomes);
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
  await writeFile(out, `${JSON.stringify({ at: new Date().toISOString(), seed, machine, outcomes }, null, 2)}\n`);
  const page = out.replace(/(\.json)?$/, '.md');
  await writeFile(page, `${markdownTable(outcomes)}\n`);
  console.log(`\nseed ${seed}; written to ${out} and ${page}`);
  if (outcomes.some(isFailure)) process.exitCode = 1;
}

/** Some at once, in their order; those that measure by themselves at the end. */
async function runAll(chosen: readonly Scenario[]): Promise<Row[]> {
  const outcomes = new Map<string, Row>();
  const crowd = chosen.filter(({ alone }) => !alone).values();
  const work = async (waiting: Iterable<Scenario>): Promise<void> => {
    for (const scenario of waiting) outcomes.set(scenario.name, await runOne(scenario));
  };
  await Promise.all(Array.from({ length: atOnce }, () => work(crowd)));
  await work(chosen.filter(({ alone }) => alone));
  return chosen.flatMap(({ name }) => outcomes.get(name) ?? []);
}

async function runOne(scenario: Scenario): Promise<Row> {
  const { name, about, minutes: usual = 1 } = scenario;
  const say = (text: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${name}: ${text}`);
  say(about);
  const logFile = join(resultsFolder, `${name}.log`);
  try {
    const outcome = await runHere(scenario, { seed, size: { long, minutes: minutes ?? usual }, say, logFile, verbose });
    if (!hasVerdict(outcome)) {
      say(`not here: ${outcome.notHere}`);
      return outcome;
    }
    const { findings } = outcome.verdict;
    say(
      findings.length === 0 ? 'every rule holds' : `rules are broken: ${findings.map(({ what }) => what).join('; ')}`,
    );
    return outcome;
  } catch (error) {
    say(`could not be run: ${String(error)}`);
    return { name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
