import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkGuards } from '../../mutants/check-guards.mjs';
import { allMutants } from '../../mutants/list/all.mjs';
import { suitesOf, withoutGuard } from '../../mutants/mutant.mjs';

describe('the list of mutants', () => {
  it('finds every guard exactly once where it says: whoever moves one mends scripts/mutants/list', () => {
    expect(checkGuards(allMutants)).toEqual([]);
  });

  it('takes something away for each of the twelve invariants', () => {
    const invariants = new Set(allMutants.map(({ invariant }) => invariant));
    for (let number = 1; number <= 12; number += 1) expect(invariants).toContain(number);
    for (const { text, becomes } of allMutants) expect(becomes).not.toBe(text);
  });
});

describe('the suites that must pass as they are', () => {
  it('are each file once, with all tests that a mutant needs of it', () => {
    const folder = 'packages/core';
    /** @param {import('../../mutants/mutant.mjs').Suite} suite */
    const needing = (suite) => ({ id: 'a', invariant: 1, without: '', file: '', text: '', becomes: '', suite });
    const [lane, tracking] = ['lanes/lane', 'lanes/tracking'];
    const suites = suitesOf([
      needing({ folder, files: lane, tests: 'a claim|slots' }),
      needing({ folder, files: tracking, tests: 'polls' }),
      needing({ folder, files: lane, tests: 'slots|resolving' }),
      needing({ folder, files: tracking }),
    ]);
    expect(suites).toEqual([
      { folder, files: lane, tests: 'a claim|slots|resolving' },
      { folder, files: tracking },
    ]);
  });
});

describe('a guard', () => {
  /** @type {string} */
  let folder;
  const mutant = {
    id: 'a',
    invariant: 1,
    without: 'it holds',
    file: 'src/one.lua',
    text: 'if held then return end',
    becomes: '',
    suite: { folder: 'src' },
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
    await mkdir(join(folder, 'src'));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  it.each([
    ['in a file that is gone', undefined, 'a: the guard has moved: there is no src/one.lua'],
    ['that is worded anew', 'if is_held then return end', 'src/one.lua this is not there any more: if held'],
    ['that stands twice', 'if held then return end\nif held then return end', 'src/one.lua this stands there 2 times'],
  ])('%s has moved', async (_what, source, fault) => {
    if (source !== undefined) await writeFile(join(folder, mutant.file), source);
    expect(checkGuards([mutant], folder)).toEqual([expect.stringContaining(fault)]);
  });

  it('needs an id of its own', async () => {
    await writeFile(join(folder, mutant.file), mutant.text);
    expect(checkGuards([mutant, mutant], folder)).toEqual(['a: two guards have this id']);
  });

  it('is taken out of its place, and nothing else of the file changes', async () => {
    const source = `local held = true\n${mutant.text}\nsend()\n`;
    await writeFile(join(folder, mutant.file), source);
    expect(checkGuards([mutant], folder)).toEqual([]);
    expect(withoutGuard(mutant, source)).toBe('local held = true\n\nsend()\n');
    // A replacement is text, whatever `$` may mean to others.
    expect(withoutGuard({ ...mutant, becomes: "$& $' send()" }, source)).toBe(
      "local held = true\n$& $' send()\nsend()\n",
    );
  });
});
