import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readResults } from './results.mjs';

/**
 * What became of a run of a suite. `damaged`: the code did not run at all, which shows nothing.
 * @typedef {{ seconds: number } & (import('./results.mjs').Shown | { is: 'hung' })} SuiteOutcome
 */

/**
 * Runs a suite in a copy of the project, within a bound.
 * @param {string} copy the copy's folder
 * @param {import('./mutant.mjs').Suite} suite
 * @param {{ environment: NodeJS.ProcessEnv, boundMs: number, signal: AbortSignal }} options
 * @returns {Promise<SuiteOutcome>}
 */
export async function runSuite(copy, { folder, files, tests }, { environment, boundMs, signal }) {
  const begin = performance.now();
  const results = join(copy, 'mutant-results.json');
  await rm(results, { force: true });
  // A failed test may leave something open that would keep jest waiting.
  const flags = ['--json', '--outputFile', results, '--forceExit', '--silent'];
  const narrow = [...(files === undefined ? [] : [files]), ...(tests === undefined ? [] : ['-t', tests])];
  const jest = join(copy, 'node_modules/jest/bin/jest.js');
  const child = spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', jest, ...flags, ...narrow],
    // A group of its own, so that a suite that hangs ends with all that it has started.
    { cwd: join(copy, folder), env: environment, stdio: 'ignore', detached: true },
  );
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    kill();
  }, boundMs);
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  await once(child, 'close');
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  const seconds = (performance.now() - begin) / 1_000;
  if (isHung) return { is: 'hung', seconds };
  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text === undefined) return { is: 'damaged', reason: 'jest left no results', seconds };
  return { ...readResults(JSON.parse(text)), seconds };
}
