import { describe, expect, it } from '@jest/globals';
import { mutantsHelp, readMutantsArguments } from '../../mutants/arguments.mjs';
import { readResults } from '../../mutants/results.mjs';
import { fateTable } from '../../mutants/table.mjs';

/** @param {Partial<import('../../mutants/mutant.mjs').Mutant>} change */
function mutant(change = {}) {
  const suite = { folder: 'packages/core', files: 'lanes' };
  return { id: 'a', invariant: 1, without: 'a | b', file: 'x.lua', text: 'x', becomes: '', suite, ...change };
}

/**
 * @param {readonly { fullName: string, status: string, failureMessages?: string[] }[]} assertionResults
 * @param {{ status?: string, message?: string }} [file]
 */
function results(assertionResults, { status = 'passed', message = '' } = {}) {
  return {
    numPassedTests: assertionResults.filter((one) => one.status === 'passed').length,
    testResults: [{ name: 'a.test.ts', status, message, assertionResults }],
  };
}

describe('what a run of a suite shows of a mutant', () => {
  const passed = { fullName: 'a claim takes', status: 'passed' };
  const failed = { fullName: 'a claim waits', status: 'failed', failureMessages: ['Error: expected 1, received 2'] };

  it('is that it was noticed, by the first test that failed', () => {
    const first = { ...failed, fullName: 'a claim (invariant 2) waits' };
    expect(readResults(results([passed, first, failed]))).toEqual({
      is: 'failed',
      test: 'a claim (invariant 2) waits',
      file: 'a\\.test\\.ts',
      tests: '^a claim \\(invariant 2\\) waits$',
    });
  });

  it('is that it was not when every test has passed', () => {
    expect(readResults(results([passed]))).toEqual({ is: 'passed' });
  });

  it('is nothing when no test has run', () => {
    const skipped = { fullName: 'x', status: 'pending' };
    expect(readResults(results([skipped]))).toEqual({ is: 'damaged', reason: 'no test has run' });
  });

  it.each([
    ['ReplyError: ERR Error compiling script (new function): user_script:5', 'Error compiling script'],
    ['ReplyError: ERR user_script:9: Script attempted to access nonexistent global variable x', 'nonexistent global'],
    ['ReferenceError: held is not defined', 'held is not defined'],
  ])('is nothing when the code without the guard is no code: %s', (message, reason) => {
    expect(readResults(results([passed, { ...failed, failureMessages: [message] }]))).toEqual({
      is: 'damaged',
      reason: expect.stringContaining(reason),
    });
  });

  it('is nothing when a file could not be loaded', () => {
    const message = '  ● Test suite failed to run\n\n    Unexpected token';
    expect(readResults(results([], { status: 'failed', message }))).toEqual({
      is: 'damaged',
      reason: 'Unexpected token',
    });
  });

  it('is that it was noticed when a last hook has failed', () => {
    const message = '  ● a claim\n\n    a timer was left';
    expect(readResults(results([passed], { status: 'failed', message }))).toEqual({
      is: 'failed',
      test: 'after its tests: a timer was left',
      file: 'a\\.test\\.ts',
    });
  });
});

describe('the table of fates', () => {
  it('names who noticed, and shouts where nobody did', () => {
    const table = fateTable([
      { is: 'killed', by: 'a claim waits', where: 'its suite', mutant: mutant(), seconds: 1.23 },
      { is: 'killed', by: 'another', where: 'its package', mutant: mutant({ id: 'b' }), seconds: 60 },
      { is: 'survived', mutant: mutant({ id: 'c', invariant: 'stop' }), seconds: 2 },
    ]).split('\n');
    expect(table[2]).toMatch(/^\| a +\| 1 +\| a \\\| b +\| a claim waits +\| 1\.2 +\|$/);
    expect(table[3]).toContain('(all suites) another');
    expect(table[4]).toMatch(/^\| c +\| stop .*NOBODY/);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
  });
});

describe('the arguments of npm run mutants', () => {
  const all = [mutant(), mutant({ id: 'b', invariant: 3 }), mutant({ id: 'c', invariant: 'stop' })];
  const chosen = (/** @type {string[]} */ ...given) => readMutantsArguments(given, all).chosen.map(({ id }) => id);

  it('choose mutants by id and by invariant, else all are run', () => {
    expect(chosen()).toEqual(['a', 'b', 'c']);
    expect(chosen('--only', 'c', 'a')).toEqual(['a', 'c']);
    expect(chosen('--invariant', '3')).toEqual(['b']);
    expect(chosen('--invariant=stop')).toEqual(['c']);
    expect(readMutantsArguments(['--at-once', '1'], all)).toMatchObject({ atOnce: 1, list: false, check: false });
  });

  it.each([
    [['--invariant', '13'], 'No mutant is left'],
    [['--only', 'x'], 'No mutant is called x'],
    [['--at-once', '0'], 'a whole number over 0'],
    [['--onyl', 'a'], mutantsHelp],
    [['a'], mutantsHelp],
  ])('%j are refused', (given, message) => {
    expect(() => readMutantsArguments(given, all)).toThrow(message);
  });
});
