import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ensureChromium, hasChromium, noChromium } from '../../setup/chromium.mjs';

/** @type {string} */
let folder;
/** @type {string[]} */
let calls;

/** @param {string} name */
async function program(name) {
  await writeFile(join(folder, name), '#!/bin/sh\n');
  await chmod(join(folder, name), 0o755);
  return join(folder, name);
}

/**
 * @param {Partial<import('../../setup/chromium.mjs').ChromiumSources>} [changed]
 * @returns {import('../../setup/chromium.mjs').ChromiumSources}
 */
function sources(changed = {}) {
  return {
    debianCanInstall: async () => true,
    installWithApt: async () => {
      calls.push('apt');
      return undefined;
    },
    ...changed,
  };
}

beforeEach(async () => {
  calls = [];
  folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('the search for a Chromium', () => {
  it('takes the one that CHROMIUM_PATH names', async () => {
    await program('chromium');
    const named = await program('my-chrome');
    const found = await ensureChromium({ PATH: folder, CHROMIUM_PATH: named }, sources());
    expect(found.CHROMIUM_PATH).toBe(named);
    expect(calls).toEqual([]);
  });

  it('refuses a CHROMIUM_PATH that cannot be run, rather than skip the tests', async () => {
    await program('chromium');
    const attempt = ensureChromium({ PATH: folder, CHROMIUM_PATH: '/no/such/file' }, sources());
    await expect(attempt).rejects.toThrow("CHROMIUM_PATH is '/no/such/file', which cannot be run");
  });

  it.each(['chromium', 'chromium-browser', 'google-chrome'])(
    'takes %s from PATH and installs nothing',
    async (name) => {
      const present = await program(name);
      const found = await ensureChromium({ PATH: folder }, sources());
      expect(found.CHROMIUM_PATH).toBe(present);
      expect(calls).toEqual([]);
    },
  );

  it('installs the package where that is possible', async () => {
    const installWithApt = async () => {
      await program('chromium');
      return undefined;
    };
    const found = await ensureChromium({ PATH: folder }, sources({ installWithApt }));
    expect(found.CHROMIUM_PATH).toBe(join(folder, 'chromium'));
    expect(hasChromium(found)).toBe(true);
  });

  it('installs nothing where it may not', async () => {
    const found = await ensureChromium({ PATH: folder }, sources({ debianCanInstall: async () => false }));
    expect([hasChromium(found), calls]).toEqual([false, []]);
  });

  it('goes on without one when apt fails: only the browser tests are skipped then', async () => {
    const installWithApt = async () => 'no route to the mirror';
    const found = await ensureChromium({ PATH: folder }, sources({ installWithApt }));
    expect(hasChromium(found)).toBe(false);
    expect(noChromium).toMatch(/browser tests are skipped[\s\S]*apt-get install chromium[\s\S]*CHROMIUM_PATH/);
  });
});
