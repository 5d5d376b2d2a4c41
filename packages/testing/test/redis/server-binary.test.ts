import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findServerBinary } from '../../src/redis/server-binary.ts';

describe('findServerBinary', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-path-'));
    for (const name of ['valkey-server', 'named']) {
      await writeFile(join(folder, name), '#!/bin/sh\n');
      await chmod(join(folder, name), 0o755);
    }
    await writeFile(join(folder, 'redis-server'), 'no program');
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  it('prefers REDIS_SERVER_BIN', () => {
    expect(findServerBinary({ REDIS_SERVER_BIN: join(folder, 'named'), PATH: folder })).toBe(join(folder, 'named'));
  });

  it('finds valkey-server where redis-server cannot be run', () => {
    expect(findServerBinary({ PATH: ['/no/such/folder', folder].join(delimiter) })).toBe(join(folder, 'valkey-server'));
  });

  it('says what to do when there is none', () => {
    expect(() => findServerBinary({ PATH: '/no/such/folder' })).toThrow('install one, or set REDIS_SERVER_BIN');
    expect(() => findServerBinary({ REDIS_SERVER_BIN: '/no/such/file' })).toThrow('REDIS_SERVER_BIN names no file');
  });
});
