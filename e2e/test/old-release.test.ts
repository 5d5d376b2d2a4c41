import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildOldRelease } from '../src/world/old-release.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-test-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const notHere = { notHere: expect.stringContaining('git fetch --unshallow') };

test('a copy of the project whose history does not reach back says so, instead of upgrading from something else', async () => {
  await promisify(execFile)('git', ['init', '--quiet', folder]);
  expect(await buildOldRelease(folder)).toEqual(notHere);
});

test('so does one without any history', async () => {
  expect(await buildOldRelease(folder)).toEqual(notHere);
});
