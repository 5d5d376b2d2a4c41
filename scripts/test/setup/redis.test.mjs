import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isDebianLike } from '../../setup/apt-redis.mjs';
import { ensureRedisServer } from '../../setup/redis.mjs';

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
 * @param {Partial<import('../../setup/redis.mjs').RedisSources>} [changed]
 * @returns {import('../../setup/redis.mjs').RedisSources}
 */
function sources(changed = {}) {
  return {
    builtRedis: () => undefined,
    aptCanInstall: async () => false,
    installWithApt: async () => {
      calls.push('apt');
    },
    canBuild: () => false,
    buildRedis: async () => {
      calls.push('build');
      return '/built/redis-server';
    },
    ...changed,
  };
}

beforeEach(async () => {
  calls = [];
  folder = await mkdtemp(join(tmpdir(), 'session-queue-scripts-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('the search for a Redis server', () => {
  it('takes the one that REDIS_SERVER_BIN names', async () => {
    await program('redis-server');
    const named = await program('my-redis');
    const found = await ensureRedisServer({ PATH: folder, REDIS_SERVER_BIN: named }, sources());
    expect(found.REDIS_SERVER_BIN).toBe(named);
  });

  it('refuses a REDIS_SERVER_BIN that cannot be run, rather than take another', async () => {
    await program('redis-server');
    const attempt = ensureRedisServer({ PATH: folder, REDIS_SERVER_BIN: '/no/such/file' }, sources());
    await expect(attempt).rejects.toThrow("REDIS_SERVER_BIN is '/no/such/file', which cannot be run");
  });

  it.each(['redis-server', 'valkey-server'])('takes %s from PATH and installs nothing', async (name) => {
    const present = await program(name);
    const found = await ensureRedisServer({ PATH: folder }, sources({ aptCanInstall: async () => true }));
    expect(found.REDIS_SERVER_BIN).toBe(present);
    expect(calls).toEqual([]);
  });

  it('installs the package where that is possible', async () => {
    const found = await ensureRedisServer(
      { PATH: folder },
      sources({
        aptCanInstall: async () => true,
        installWithApt: async () => {
          await program('redis-server');
        },
        canBuild: () => true,
      }),
    );
    expect(found.REDIS_SERVER_BIN).toBe(join(folder, 'redis-server'));
    expect(calls).toEqual([]);
  });

  it('takes the one that was built before', async () => {
    const found = await ensureRedisServer(
      { PATH: folder },
      sources({ builtRedis: () => '/built/before', aptCanInstall: async () => true, canBuild: () => true }),
    );
    expect(found.REDIS_SERVER_BIN).toBe('/built/before');
    expect(calls).toEqual([]);
  });

  it('builds one where no package can be installed', async () => {
    const found = await ensureRedisServer({ PATH: folder }, sources({ canBuild: () => true }));
    expect(found.REDIS_SERVER_BIN).toBe('/built/redis-server');
    expect(calls).toEqual(['build']);
  });

  it('builds one after apt has failed', async () => {
    const found = await ensureRedisServer(
      { PATH: folder },
      sources({
        aptCanInstall: async () => true,
        installWithApt: async () => {
          throw new Error('no route to the mirror');
        },
        canBuild: () => true,
      }),
    );
    expect(found.REDIS_SERVER_BIN).toBe('/built/redis-server');
  });

  it('names the commands for each system when all is in vain, and what was tried', async () => {
    const attempt = ensureRedisServer(
      { PATH: folder },
      sources({
        canBuild: () => true,
        buildRedis: async () => {
          throw new Error('the compiler gave up');
        },
      }),
    );
    await expect(attempt).rejects.toThrow(
      /the compiler gave up[\s\S]*apt-get install redis-server[\s\S]*brew install redis/,
    );
  });
});

describe('the system', () => {
  it.each([
    ['Debian', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'],
    ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian\n'],
    ['Linux Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'],
  ])('is one with apt: %s', (_name, osRelease) => {
    expect(isDebianLike(osRelease)).toBe(true);
  });

  it.each([
    ['Fedora', 'ID=fedora\nHOME_URL="https://debian.example/"\n'],
    ['Alpine', 'ID=alpine\n'],
    ['an unknown one', ''],
  ])('is none with apt: %s', (_name, osRelease) => {
    expect(isDebianLike(osRelease)).toBe(false);
  });
});
