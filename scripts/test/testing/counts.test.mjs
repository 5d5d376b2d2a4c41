import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../project.mjs';
import { readTestArguments } from '../../testing/arguments.mjs';
import { countLine, countOf, readCounts, sum } from '../../testing/counts.mjs';
import { suiteRuns } from '../../testing/suites.mjs';

describe('the counts of the test suites', () => {
  it('count a file that failed as a whole as one failure, and name what failed', () => {
    const counts = countOf({
      numPassedTests: 7,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [
        {
          testFilePath: join(root, 'a.test.ts'),
          numFailingTests: 1,
          failureMessage: 'a test failed',
          testResults: [
            { status: 'passed', fullName: 'a lane is open' },
            { status: 'failed', fullName: 'a lane closes' },
          ],
        },
        {
          testFilePath: join(root, 'b.test.ts'),
          numFailingTests: 0,
          failureMessage: 'the file could not be read',
          testResults: [],
        },
        { testFilePath: join(root, 'c.test.ts'), numFailingTests: 0, failureMessage: null, testResults: [] },
        { testFilePath: join(root, 'd.test.ts'), numFailingTests: 0, testResults: [] },
      ],
    });
    const failures = ['a.test.ts › a lane closes', 'b.test.ts'];
    expect(counts).toEqual({ passed: 7, failed: 2, skipped: 2, failures });
  });

  it('are added up over all packages', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
    try {
      await writeFile(join(folder, 'a.json'), '{"passed":1,"failed":2,"skipped":3,"failures":["one"]}');
      await writeFile(join(folder, 'b.json'), '{"passed":10,"failed":20,"skipped":30,"failures":["two"]}');
      await writeFile(join(folder, 'other.txt'), 'no counts');
      expect(sum(readCounts(folder))).toEqual({ passed: 11, failed: 22, skipped: 33, failures: ['one', 'two'] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('end in one plain line', () => {
    expect(countLine({ passed: 412, failed: 0 }, 0)).toBe('412 passed, 0 failed');
    expect(countLine({ passed: 410, failed: 2 }, 1)).toBe('410 passed, 2 failed');
  });

  it('tell of a failure when the run failed without a failed test', () => {
    expect(countLine({ passed: 0, failed: 0 }, 1)).toBe('0 passed, 1 failed');
  });
});

describe('the runs of the suites', () => {
  it('leave out the packages that measure, and run each of them alone', () => {
    const [all, ...alone] = suiteRuns({ help: false, turbo: [], jest: [] }).map(({ parameters }) =>
      parameters.join(' '),
    );
    expect(all).toContain('--concurrency=2 --continue --only --filter=!@session-queue/worker');
    expect(alone[0]).toContain('--concurrency=1 --continue --only --filter=@session-queue/worker -- ');
  });

  it('are one run of what was chosen, which builds what it needs', () => {
    const runs = suiteRuns({ help: false, turbo: ['--filter=@session-queue/core'], jest: ['lanes'] });
    expect(runs).toHaveLength(1);
    expect(runs[0]?.parameters.join(' ')).toMatch(/ --filter=@session-queue\/core -- .* --passWithNoTests lanes$/);
    expect(runs[0]?.parameters).not.toContain('--only');
  });
});

describe('the arguments of npm test', () => {
  it('go to jest, but for those that choose packages', () => {
    const given = ['--filter', 'core', 'lanes', '-t', 'never sent', '--filter=@session-queue/worker', '-F', 'x'];
    expect(readTestArguments(given)).toEqual({
      help: false,
      turbo: ['--filter=core', '--filter=@session-queue/worker', '--filter=x'],
      jest: ['lanes', '-t', 'never sent'],
    });
  });

  it('may ask for help', () => {
    expect(readTestArguments(['--help']).help).toBe(true);
    expect(readTestArguments([]).help).toBe(false);
  });
});
