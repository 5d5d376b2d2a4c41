import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leakGuard, type TestRedis, testRedis } from '@session-queue/testing';
import { z } from 'zod';
import { problem, StandIn, shown } from '../client/http/stand-in.ts';

leakGuard();

const run = promisify(execFile);
const core = fileURLToPath(new URL('../..', import.meta.url));
const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url));
const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];

const packedSchema = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1);
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.undefined().optional(),
});

describe('the package', () => {
  let folder: string;
  let redis: TestRedis;
  let producer: StandIn;
  let files: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-package-'));
    [redis, producer] = await Promise.all([testRedis(), StandIn.start()]);
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: core,
    });
    const [packed] = packedSchema.parse(JSON.parse(stdout));
    files = packed?.files.map(({ path }) => path) ?? [];
    const project = { name: 'empty', version: '1.0.0', private: true, type: 'module' };
    await writeFile(join(folder, 'package.json'), JSON.stringify(project));
    const wanted = [`./${packed?.filename}`, 'ioredis@6.0.0', '@types/node@20.19.43'];
    await run('npm', ['install', ...quiet, ...wanted], { cwd: folder });
  }, 180_000);
  afterAll(async () => {
    await Promise.all([redis.stop(), producer.stop(), rm(folder, { recursive: true })]);
  });

  test('holds what was compiled, its scripts and types, and nothing else', () => {
    const others = files.filter((path) => !/^dist\/.+(\.js|\.d\.ts|\.lua)$/.test(path));
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(files).toEqual(
      expect.arrayContaining(['dist/client/index.js', 'dist/client/index.d.ts', 'dist/lanes/claim.lua']),
    );
  });

  test('depends on nothing but what the registry has', async () => {
    const installed = join(folder, 'node_modules/@session-queue/core/package.json');
    const { dependencies } = manifestSchema.parse(JSON.parse(await readFile(installed, 'utf8')));
    for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('is used by a strict project, over Redis and over HTTP', async () => {
    await cp(new URL('use-client.ts', import.meta.url), join(folder, 'use-client.ts'));
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      module: 'nodenext',
      moduleResolution: 'nodenext',
      target: 'es2023',
      types: ['node'],
      skipLibCheck: true,
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['use-client.ts'] }));
    const compiled = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
    expect(compiled.stdout).toBe('');

    producer.answers({ status: 202, body: shown({ id: 'http-1' }) }, problem('conflict', 409));
    const env = { ...process.env, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, SESSION_QUEUE_URL: producer.url };
    const { stdout } = await run(process.execPath, ['use-client.js'], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { total: 2, duplicates: 1, cancelled: 2 },
      state: 'cancelled',
      listed: ['deletion', 'resubmission'],
      http: 'http-1',
      code: 'conflict',
    });
  }, 120_000);

  test('needs neither BullMQ nor ioredis where it is used over HTTP only', async () => {
    for (const name of ['bullmq', 'ioredis']) await rm(join(folder, 'node_modules', name), { recursive: true });
    const say =
      "import { HttpSessionQueue } from '@session-queue/core/client/http'; console.log(HttpSessionQueue.name)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', say], { cwd: folder });
    expect(stdout).toBe('HttpSessionQueue\n');
  });
});
