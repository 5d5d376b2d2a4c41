import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Benchmark, Result } from './benchmark.ts';
import type { Asked } from './command-line.ts';
import { print } from './report/print.ts';
import { startProgress } from './report/progress.ts';

export interface Outcome {
  results: Result[];
  /** Benchmarks that broke off. */
  failed: string[];
}

/** Runs what was asked for, shows each result, and writes them all to a file as they come: a long run may be ended amid. */
export async function run(groups: readonly (readonly Benchmark[])[], asked: Asked): Promise<Outcome> {
  const { names, size } = asked;
  const isWanted = ({ name }: Benchmark) => names.length === 0 || names.includes(name);
  const wanted = groups.map((group) => group.filter(isWanted)).filter((group) => group.length > 0);
  const inTurn = size === 'quick' ? wanted : wanted.flat().map((one) => [one]);
  const outcome: Outcome = { results: [], failed: [] };
  const took: Record<string, number> = {};
  for (const group of inTurn) {
    console.log('');
    for (const { name, shows } of group) console.log(`== ${name}: ${shows}`);
    const progress = startProgress();
    const ended = await Promise.all(
      group.map(async (benchmark) => {
        const from = performance.now();
        const say = (text: string) => progress.say(group.length > 1 ? `${benchmark.name}: ${text}` : text);
        const result = await benchmark.run({ size, parameters: asked.parameters, say }).catch(failureOf);
        return { name: benchmark.name, result, seconds: Math.round((performance.now() - from) / 1_000) };
      }),
    );
    progress.stop();
    for (const { name, result, seconds } of ended) {
      took[name] = seconds;
      if (result instanceof Error) {
        console.log(`\n${name} FAILED after ${seconds} s: ${result.stack}`);
        outcome.failed.push(name);
        continue;
      }
      if (group.length > 1) console.log(`\n-- ${name}`);
      print(result);
      console.log(`  took ${seconds} s`);
      outcome.results.push(result);
    }
    await write(asked, { took, ...outcome });
  }
  console.log(`\nwritten to ${asked.out}`);
  return outcome;
}

const failureOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

async function write({ out, size }: Asked, contents: Outcome & { took: Record<string, number> }): Promise<void> {
  const [processor] = cpus();
  const machine = {
    cpu: processor?.model ?? '',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  };
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify({ at: new Date().toISOString(), size, machine, ...contents }, null, 2)}\n`);
}
