import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../project.mjs';

/** Where each package's run leaves its counts. */
export const countsFolder = join(dataFolder, 'test-counts');

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * What is read of Jest's results.
 * @typedef {object} JestResults
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {readonly { numFailingTests: number, failureMessage?: string | null }[]} testResults
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
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenFiles.length,
    skipped: results.numPendingTests,
  };
}

/**
 * @param {readonly Counts[]} counts
 * @returns {Counts}
 */
export function sum(counts) {
  const total = (/** @type {keyof Counts} */ name) => counts.reduce((all, count) => all + count[name], 0);
  return { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
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
 * @param {Counts} counts
 * @param {number} exitCode of the run: one that failed without any failed test has failed all the same
 */
export function countLine({ passed, failed }, exitCode) {
  return `${passed} passed, ${exitCode === 0 ? failed : Math.max(1, failed)} failed`;
}
