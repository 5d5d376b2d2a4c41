import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { build } from '../setup/build.mjs';
import { runVisibly } from '../setup/command.mjs';
import { setUp } from '../setup/set-up.mjs';
import { turboRun } from '../setup/turbo.mjs';
import { duration, step } from '../terminal/step.mjs';
import { green, red } from '../terminal/style.mjs';
import { readTestArguments, testHelp } from './arguments.mjs';
import { countLine, countsFolder, readCounts, sum } from './counts.mjs';

/** Suites that run at the same time. Many of them measure rates, and a crowded machine spoils measurements. */
const packagesAtOnce = 2;

/**
 * @param {readonly string[]} given the command's arguments
 * @returns {Promise<number>} the exit code: that of the first part that failed
 */
export async function testAll(given) {
  const begin = performance.now();
  const chosen = readTestArguments(given);
  if (chosen.help) {
    console.log(testHelp);
    return 0;
  }
  const isPartial = chosen.turbo.length + chosen.jest.length > 0;
  const environment = await setUp({ needsOwnRedis: true });
  // Of a part of the suites turbo builds what they need.
  if (!isPartial) await step('Build', async () => await build(environment));
  const checks = isPartial ? [] : staticChecks;
  /** @type {number[]} */
  const codes = [];
  for (const { title, parameters } of checks) codes.push(await visibleStep(title, parameters, environment));

  await rm(countsFolder, { recursive: true, force: true });
  await mkdir(countsFolder, { recursive: true });
  const suites = await visibleStep('Test suites', suiteParameters(chosen), environment);
  codes.push(suites);
  const counts = sum(readCounts());
  const code = codes.find((each) => each !== 0) ?? 0;

  const took = duration(performance.now() - begin);
  const skipped = counts.skipped === 0 ? '' : ` (${counts.skipped} skipped)`;
  console.log(`\n${code === 0 ? green('All good') : red('Something failed')}, in ${took}${skipped}.`);
  console.log(countLine(counts, suites));
  return code;
}

const staticChecks = [
  { title: 'Types', parameters: turboRun('typecheck', ['--output-logs=errors-only']) },
  { title: 'Lint: biome', parameters: ['biome', 'check', '.'] },
  { title: 'Lint: oxlint, with types', parameters: ['oxlint', '--type-aware'] },
  { title: 'Lint: knip, for what nobody uses', parameters: ['knip'] },
];

/** @param {import('./arguments.mjs').TestArguments} chosen */
function suiteParameters({ turbo, jest }) {
  const counter = join(root, 'scripts/testing/count-reporter.mjs');
  const jestParameters = ['--reporters=default', `--reporters=${counter}`, '--passWithNoTests', ...jest];
  return turboRun('test', [`--concurrency=${packagesAtOnce}`, '--continue', ...turbo, '--', ...jestParameters]);
}

/**
 * A step whose output is shown as it comes and whose failure does not stop what follows.
 * @param {string} title
 * @param {string[]} parameters of `pnpm exec`
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<number>} its exit code
 */
async function visibleStep(title, parameters, environment) {
  let code = 0;
  await step(title, async () => {
    code = await runVisibly('pnpm', ['exec', ...parameters], { cwd: root, env: environment });
    if (code !== 0) throw new Error(`${title} ended with exit code ${code}`);
  }).catch(() => undefined);
  return code;
}
