import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startRedis } from '@session-queue/testing';
import { pino } from 'pino';
import { z } from 'zod';
import { commonSettings, redisSettings } from '../../src/config/common-settings.ts';
import { readSettings } from '../../src/config/read-settings.ts';
import { connectRedis } from '../../src/redis/connect.ts';

const schema = z.object({ ...commonSettings, WEBHOOK_SECRET: z.string() });
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
}

test.each(['hush', 'hush\n', 'hush\r\n'])(
  'a secret is read from its file, without the newline at its end',
  (content) => {
    expect(readSettings(schema, { WEBHOOK_SECRET_FILE: file(content) }).WEBHOOK_SECRET).toBe('hush');
  },
);

test.each([
  [
    'is not there',
    '/nowhere/at-all',
    undefined,
    /^wrong settings:\n {2}WEBHOOK_SECRET_FILE names a file that cannot be read: .*$/,
  ],
  [
    'is empty',
    '',
    undefined,
    /^wrong settings:\n {2}WEBHOOK_SECRET_FILE names an empty file: write the secret into it$/,
  ],
  [
    'is not the only one',
    'hush',
    'loud',
    /^wrong settings:\n {2}WEBHOOK_SECRET_FILE cannot be set together with WEBHOOK_SECRET: keep the file$/,
  ],
])('a secret file that %s is named with its remedy, and no value is', (_what, content, other, said) => {
  const path = content.startsWith('/') ? content : file(content);
  let message = '';
  try {
    readSettings(schema, { WEBHOOK_SECRET_FILE: path, WEBHOOK_SECRET: other });
  } catch (error) {
    message = error instanceof Error ? error.message : '';
  }
  expect(message).toMatch(said);
  expect(message).not.toMatch(/hush|loud|nowhere/);
});

test('the password of Redis from a file opens a Redis that asks for one, whatever the URL says', async () => {
  const server = await startRedis({ config: { requirepass: 'hush' } });
  const given = { REDIS_PASSWORD_FILE: file('hush\n'), WEBHOOK_SECRET: 'x' };
  for (const url of [`redis://127.0.0.1:${server.port}`, `redis://:wrong@127.0.0.1:${server.port}`]) {
    const settings = readSettings(schema, { ...given, REDIS_URL: url });
    const redis = connectRedis(redisSettings(settings), 'worker', pino({ level: 'silent' }));
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  }
  await server.stop();
});
