import { mkdir, rm } from 'node:fs/promises';
import { root } from '../project.mjs';
import { build } from '../setup/build.mjs';
import { ensureChromium, hasChromium, noChromium, presentOnly } from '../setup/chromium.mjs';
import { runVisibly } from '../setup/command.mjs';
import { ensurePrometheus, noPrometheus } from '../setup/prometheus.mjs';
import { setUp } from '../setup/set-up.mjs';
import { turboRun } from '../setup/turbo.mjs';
import { duration, step } from '../terminal/step.mjs';
import { green, red, yellow } from '../terminal/style.mjs';
import { readTestArguments, testHelp } from './arguments.mjs';
import { countLine, countsFolder, readCounts, sum } from './counts.mjs';
import { suiteRuns } from './suites.mjs';

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
  const base = await setUp({ needsOwnRedis: true });
  const environment = await step('Chromium', async () =>
    isPartial ? await ensureChromium(base, presentOnly) : await ensureChromium(base),
  );
  const hasPrometheus = await step('Prometheus', async () => await ensurePrometheus({ mayInstall: !isPartial }));
  // Of a part of the suites turbo builds what they need.
  if (!isPartial) await step('Build', async () => await build(environment));
  const checks = isPartial ? [] : staticChecks;
  const checked = await runAll(checks, environment);

  await rm(countsFolder, { recursive: true, force: true });
  await mkdir(countsFolder, { recursive: true });
  const tested = await runAll(suiteRuns(chosen), environment);
  const counts = sum(readCounts());
  const failed = [...checked, ...tested].filter(({ code }) => code !== 0);

  const took = duration(performance.now() - begin);
  const skipped = counts.skipped === 0 ? '' : ` (${counts.skipped} skipped)`;
  const verdict =
    failed.length === 0 ? green('All good') : red(`Failed: ${failed.map(({ title }) => title).join('; ')}`);
  console.log(`\n${verdict}, in ${took}${skipped}.`);
  for (const failure of counts.failures) console.log(red(`  ✗ ${failure}`));
  if (!isPartial && !hasChromium(environment)) console.log(yellow(noChromium));
  if (!isPartial && !hasPrometheus) console.log(yellow(noPrometheus));
  console.log(countLine(counts, Math.max(...tested.map(({ code }) => code))));
  return failed[0]?.code ?? 0;
}

const staticChecks = [
  { title: 'Types', parameters: turboRun('typecheck', ['--output-logs=errors-only']) },
  { title: 'Lint: biome', parameters: ['biome', 'check', '.'] },
  { title: 'Lint: oxlint, with types', parameters: ['oxlint', '--type-aware'] },
  { title: 'Lint: knip, for what nobody uses', parameters: ['knip'] },
];

/**
 * Runs parts one after the other, their output shown as it comes; a failed one does not stop those that follow.
 * @param {readonly { title: string, parameters: string[] }[]} parts
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ title: string, code: number }[]>}
 */
async function runAll(parts, env) {
  const results = [];
  for (const { title, parameters } of parts) {
    let code = 0;
    await step(title, async () => {
      code = await runVisibly('pnpm', ['exec', ...parameters], { cwd: root, env });
      if (code !== 0) throw new Error(`${title} ended with exit code ${code}`);
    }).catch(() => undefined);
    results.push({ title, code });
  }
  return results;
}
