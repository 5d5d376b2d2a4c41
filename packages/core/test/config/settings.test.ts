import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { commonSettings, redisSettings } from '../../src/config/common-settings.ts';
import { exitOnBadSettings, readAllSettings, readSettings } from '../../src/config/read-settings.ts';
import { port, wholeNumber } from '../../src/config/setting-schemas.ts';
import { SettingsError } from '../../src/config/settings-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const schema = z.object({
  ...commonSettings,
  WORKER_PORT: port().default(3020),
  DRAIN_GRACE_MS: wholeNumber(0, 600_000).default(20_000),
  WORKER_NAME: z.string(),
});

function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (error instanceof SettingsError) {
      return Object.fromEntries(error.problems.map(({ name, reason }) => [name, reason]));
    }
    throw error;
  }
  throw new Error('the settings were taken');
}

describe('settings', () => {
  test('have their documented defaults', () => {
    expect(readSettings(z.object(commonSettings), {})).toEqual({
      REDIS_URL: 'redis://127.0.0.1:6379',
      REDIS_PREFIX: 'session-queue',
      LOG_LEVEL: 'info',
      RETENTION_DAYS: 30,
    });
  });

  test('that are empty count as not set', () => {
    expect(readSettings(schema, { WORKER_NAME: 'w', REDIS_URL: '', WORKER_PORT: '' })).toMatchObject({
      REDIS_URL: 'redis://127.0.0.1:6379',
      WORKER_PORT: 3020,
    });
  });

  test('that are wrong or missing are told all at once, by name and reason', () => {
    const environment = {
      REDIS_URL: 'http://private',
      REDIS_CA_FILE: join(folder, 'private-name.pem'),
      REDIS_PREFIX: '{private}',
      LOG_LEVEL: 'private',
      RETENTION_DAYS: '0',
      WORKER_PORT: '65536',
      DRAIN_GRACE_MS: '1e3',
    };
    const problems = problemsOf(() => readSettings(schema, environment));
    expect(Object.keys(problems).toSorted()).toEqual([
      'DRAIN_GRACE_MS',
      'LOG_LEVEL',
      'REDIS_CA_FILE',
      'REDIS_PREFIX',
      'REDIS_URL',
      'RETENTION_DAYS',
      'WORKER_NAME',
      'WORKER_PORT',
    ]);
    expect(problems).toMatchObject({
      WORKER_NAME: 'is missing',
      WORKER_PORT: 'must be a whole number from 0 to 65535',
      LOG_LEVEL: 'must be one of fatal, error, warn, info, debug, trace, silent',
      REDIS_CA_FILE: 'names a file that cannot be read',
    });
    expect(JSON.stringify(problems)).not.toContain('private');
  });

  test('name certificates by file and give their content to the Redis client', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const file = join(folder, 'ca.pem');
    await writeFile(file, pem);
    const settings = readSettings(z.object(commonSettings), { REDIS_URL: 'rediss://host', REDIS_CA_FILE: file });
    expect(redisSettings(settings)).toEqual({ url: 'rediss://host', ca: pem });
    await writeFile(file, 'no certificate');
    const problems = problemsOf(() => readSettings(z.object(commonSettings), { REDIS_CA_FILE: file }));
    expect(problems).toEqual({ REDIS_CA_FILE: 'must be a file of PEM certificates' });
  });

  test('of several groups are told together', () => {
    const problems = problemsOf(() =>
      readAllSettings({
        one: () => readSettings(schema, {}),
        two: () => readSettings(z.object({ OTHER: z.string() }), {}),
        three: () => 3,
      }),
    );
    expect(problems).toEqual({ WORKER_NAME: 'is missing', OTHER: 'is missing' });
    expect(readAllSettings({ one: () => 1, two: () => 'b' })).toEqual({ one: 1, two: 'b' });
  });
});

describe('an app with wrong settings', () => {
  test('prints each one and exits 78', () => {
    let printed = '';
    const io = {
      write: (text: string) => (printed += text),
      exit: (code: number): never => {
        throw new Error(`exit ${code}`);
      },
    };
    const environment = { RETENTION_DAYS: 'private' };
    expect(() => exitOnBadSettings(() => readSettings(schema, environment), io)).toThrow('exit 78');
    expect(printed).toBe(
      'wrong settings:\n  RETENTION_DAYS must be a whole number from 1 to 3650\n  WORKER_NAME is missing\n',
    );
  });

  test('hides no other error', () => {
    expect(() =>
      exitOnBadSettings(() => {
        throw new RangeError('a fault of ours');
      }),
    ).toThrow(RangeError);
  });
});
