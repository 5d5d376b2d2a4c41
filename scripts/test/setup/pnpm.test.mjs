import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensurePnpm, pinnedPnpm } from '../../setup/pnpm.mjs';

/** @type {string} */
let folder;
/** @type {NodeJS.ProcessEnv} */
let environment;

/**
 * @param {string} path
 * @param {string} body
 */
async function program(path, body) {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, path), 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
  environment = { PATH: [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter) };
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('the pinned pnpm', () => {
  it('is read from packageManager, with or without a hash', () => {
    expect(pinnedPnpm('pnpm@12.21.0')).toBe('12.21.0');
    expect(pinnedPnpm('pnpm@12.21.0+sha512.0123abc')).toBe('12.21.0');
    expect(() => pinnedPnpm('yarn@4.0.0')).toThrow("pins no version of pnpm: 'yarn@4.0.0'");
  });

  it('is the one on PATH when that has the version', async () => {
    await program('bin/pnpm', 'echo 12.21.0');
    expect(await ensurePnpm('12.21.0', environment)).toBe(environment);
  });

  it.each([
    ['there is none on PATH', undefined],
    ['the one on PATH is another version', 'echo 9.0.0'],
  ])('is fetched by npx and put first on PATH when %s', async (_when, onPath) => {
    if (onPath !== undefined) await program('bin/pnpm', onPath);
    await program('fetched/pnpm', 'echo 12.21.0');
    await program('bin/npx', `[ "$2" = --package=pnpm@12.21.0 ] && echo "${join(folder, 'fetched/pnpm')}"`);
    const extended = await ensurePnpm('12.21.0', environment);
    expect(extended.PATH).toBe([join(folder, 'fetched'), environment.PATH].join(delimiter));
  });

  it('is missed with what npx said when it cannot be fetched', async () => {
    await program('bin/npx', 'echo "network is away" >&2; exit 1');
    await expect(ensurePnpm('12.21.0', environment)).rejects.toThrow('network is away');
  });
});
