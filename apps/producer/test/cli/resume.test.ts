import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RequestView } from '@session-queue/core';
import { eventually, leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { Redis } from 'ioredis';
import { runCommand } from '../support/test-terminal.ts';

leakGuard();

const count = 400_000;
/** The built one. */
const program = new URL('../../dist/cli.js', import.meta.url).pathname;

let server: TestRedis;
let redis: Redis;
let folder: string;
beforeAll(async () => {
  server = await testRedis();
  redis = new Redis(server.url);
  folder = await mkdtemp(join(tmpdir(), 'session-queue-resume-'));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await rm(folder, { recursive: true });
});

/** The upload, once it holds some chunks. */
async function begun(): Promise<{ key: string; createdAt: string | undefined }> {
  for (const key of await redis.keys(`${server.prefix}:{default}:request:*`)) {
    const record = await redis.hgetall(key).catch(() => ({}) as Record<string, string>);
    if (record.state === 'receiving' && Number(record.chunks) >= 20) return { key, createdAt: record.createdAt };
  }
  throw new Error('nothing has arrived yet');
}

test('an upload that was killed goes on where it was with --resume, and nothing of it is there twice', async () => {
  const file = join(folder, 'ids.txt');
  await writeFile(file, Array.from({ length: count }, (_, n) => `s-${n}`).join('\n'));
  const args = ['delete', '--file', file, '--yes', '--resume', '--json'];
  const environment = { SESSION_QUEUE_REDIS: server.url, REDIS_PREFIX: server.prefix };

  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } });
  const ended = once(child, 'exit');
  const before = await eventually(begun, { timeoutMs: 60_000 });
  child.kill('SIGKILL');
  await ended;
  // For 30 s it could still be going on, and the command would wait.
  await redis.hset(before.key, 'touchedAt', Date.now() - 31_000);

  const { stdout, stderr, exitCode } = await runCommand(args, { environment });
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  const view = JSON.parse(stdout) as RequestView;
  expect(view).toMatchObject({ state: 'accepted', counts: { total: count, duplicates: 0, pending: count } });
  // Begun anew it would be younger.
  expect(Date.parse(view.createdAt)).toBe(Number(before.createdAt));
  expect(await redis.llen(`${server.prefix}:{default}:request:${view.id}:items`)).toBe(count);
}, 180_000);
