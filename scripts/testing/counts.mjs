import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { dataFolder, root } from '../project.mjs';

/** Where each package's run leaves its counts. */
export const countsFolder = join(dataFolder, 'test-counts');

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts `failures`: a name each */

/**
 * What is read of Jest's results.
 * @typedef {object} JestResults
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {readonly JestFile[]} testResults
 */

/**
 * @typedef {object} JestFile
 * @property {string} testFilePath
 * @property {number} numFailingTests
 * @property {string | null} [failureMessage]
 * @property {readonly { status: string, fullName: string }[]} testResults
 */

/**
 * A file that fails without a failed test (it could not be loaded, or a last hook threw) counts as one failure.
 * @param {JestResults} results
 * @returns {Counts}
 */
export function countOf(results) {
  const brokenFiles = results.testResults.filter(
    ({ numFailingTests, failureMessage }) => numFailingTests === 0 && (failureMessage ?? '') !== '',
  );
  const failures = results.testResults.flatMap((file) => {
    const name = relative(root, file.testFilePath);
    if (brokenFiles.includes(file)) return [name];
    return file.testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${name} › ${fullName}`);
  });
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenFiles.length,
    skipped: results.numPendingTests,
    failures,
  };
}

/**
 * @param {readonly Counts[]} counts
 * @returns {Counts}
 */
export function sum(counts) {
  const total = (/** @type {'passed' | 'failed' | 'skipped'} */ name) =>
    counts.reduce((all, count) => all + count[name], 0);
  return {
    passed: total('passed'),
    failed: total('failed'),
    skipped: total('skipped'),
    failures: counts.flatMap(({ failures }) => failures),
  };
}

/**
 * The counts that the runs have left behind.
 * @returns {Counts[]}
 */
export function readCounts(folder = countsFolder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/**
 * The last line of a test run. Some CI systems look for its form.
 * @param {Pick<Counts, 'passed' | 'failed'>} counts
 * @param {number} exitCode of the run: one that failed without any failed test has failed all the same
 */
export function countLine({ passed, failed }, exitCode) {
  return `${passed} passed, ${exitCode === 0 ? failed : Math.max(1, failed)} failed`;
}
