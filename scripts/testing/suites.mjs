import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { turboRun } from '../setup/turbo.mjs';

/** Packages whose tests measure rates and deadlines: a crowded machine spoils them, so each runs alone. */
const measuringFolders = ['apps/worker', 'e2e'];

const packagesAtOnce = 2;

/**
 * @typedef {object} SuiteRun
 * @property {string} title
 * @property {string[]} parameters of `pnpm exec`
 */

/**
 * The runs of turbo that make up the tests: all of what was chosen at once, else the measuring packages for themselves.
 * @param {import('./arguments.mjs').TestArguments} chosen
 * @returns {SuiteRun[]}
 */
export function suiteRuns({ turbo, jest }) {
  const counter = join(root, 'scripts/testing/count-reporter.mjs');
  const jestParameters = ['--', '--reporters=default', `--reporters=${counter}`, '--passWithNoTests', ...jest];
  /**
   * @param {number} atOnce
   * @param {readonly string[]} flags
   */
  const run = (atOnce, flags) =>
    turboRun('test', [`--concurrency=${atOnce}`, '--continue', ...flags, ...jestParameters]);
  if (turbo.length + jest.length > 0) return [{ title: 'Test suites', parameters: run(packagesAtOnce, turbo) }];

  const measuring = measuringFolders.flatMap(packageName);
  const others = measuring.map((name) => `--filter=!${name}`);
  // Everything has been built by then.
  return [
    { title: 'Test suites', parameters: run(packagesAtOnce, ['--only', ...others]) },
    ...measuring.map((name) => ({
      title: `Test suites of ${name}, alone: they measure`,
      parameters: run(1, ['--only', `--filter=${name}`]),
    })),
  ];
}

/** @param {string} folder */
function packageName(folder) {
  const manifest = join(root, folder, 'package.json');
  return existsSync(manifest) ? [String(JSON.parse(readFileSync(manifest, 'utf8')).name)] : [];
}
