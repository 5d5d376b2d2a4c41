import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));
const imports = `
  import { createServer, connect } from 'node:net';
  import { spawn } from 'node:child_process';
  import { Redis } from 'ioredis';
  import { leakGuard, startRedis, startTcpProxy } from '../src/index.ts';
  leakGuard({ settleMs: 200 });
`;

/** Runs one test file in a Jest of its own and returns what Jest said of it. */
async function runTestFile(body: string): Promise<{ passed: boolean; output: string }> {
  const folder = await mkdtemp(join(packageFolder, 'leak-guard-'));
  try {
    await writeFile(join(folder, 'a.test.ts'), `${imports}\n${body}\nit('runs', () => undefined);\n`);
    const jest = join(packageFolder, '../../node_modules/jest/bin/jest.js');
    const flags = ['--experimental-vm-modules', '--no-warnings', jest, '--testMatch', `${folder}/*.test.ts`];
    return await new Promise((resolve) => {
      execFile(process.execPath, [...flags, '--forceExit'], { cwd: packageFolder }, (error, _stdout, stderr) => {
        resolve({ passed: error === null, output: stderr });
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('leakGuard', () => {
  it('passes a file whose own hooks, defined later, stop everything', async () => {
    const { passed, output } = await runTestFile(`
      let redis, client, proxy, timer, server;
      beforeAll(async () => {
        redis = await startRedis();
        proxy = await startTcpProxy({ target: redis.url });
        client = new Redis(proxy.url);
        await client.ping();
        timer = setInterval(() => undefined, 1000);
        server = createServer().listen(0);
      });
      afterAll(async () => {
        clearInterval(timer);
        client.disconnect();
        server.close();
        await proxy.close();
        await redis.stop();
      });
    `);
    expect({ passed, output }).toEqual({ passed: true, output: expect.stringContaining('1 passed') });
  });

  it.each([
    ['a timer', 'setInterval(() => undefined, 1000)', 'a timer set at'],
    ['a listening server', 'createServer().listen(0)', '1 x TCPServerWrap'],
    ['a child process', "spawn('sleep', ['3'], { stdio: 'ignore' })", '1 x ProcessWrap'],
    ['a Redis', 'await startRedis()', 'Redis on port'],
    ['a proxy', "await startTcpProxy({ target: 'tcp://127.0.0.1:1' })", 'TCP proxy on port'],
    [
      'a Redis client that reconnects',
      "new Redis(1, { retryStrategy: () => 5000 }).on('error', () => undefined)",
      'a timer set at',
    ],
  ])('fails a file that leaves %s running', async (_name, leak, named) => {
    const { passed, output } = await runTestFile(`it('leaks', async () => { ${leak}; });`);
    expect({ passed, output }).toEqual({ passed: false, output: expect.stringContaining('leaves running') });
    expect(output).toContain(named);
  });
});
