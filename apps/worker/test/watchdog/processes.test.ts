import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from '@session-queue/testing';
import { ids, Lab } from '../lab.ts';
import { WorkerProcess } from '../worker-process.ts';

let lab: Lab;
let proxy: TcpProxy;
let worker: WorkerProcess;
beforeEach(async () => {
  lab = await Lab.start();
  proxy = await startTcpProxy({ target: lab.server.url });
  worker = await WorkerProcess.start(proxy.url, [lab.fastConsumer()], { DRAIN_GRACE_MS: '1000' });
  await worker.says('the worker runs');
});
afterEach(async () => {
  await worker.kill('SIGKILL');
  await proxy.close();
  await lab.stop();
});

const succeeded = (id: string) => lab.end(id, 30_000).then(({ counts }) => counts.succeeded);

describe('a worker process', () => {
  test('whose commands vanish for good while a fresh connection is answered ends with 70, and says what has hung', async () => {
    // Fewer bytes than any step of a lane takes, and more than it takes to connect and to ask whether Redis is there.
    await proxy.set({ toTarget: { largestPieceBytes: 200 } });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(60) });
    await worker.exit;
    expect(worker.child.exitCode).toBe(70);
    const said = JSON.parse(worker.lines.at(-1) ?? '');
    expect(said).toMatchObject({ level: 'fatal', exitCode: 70, since: expect.any(String) });
    expect(said.dead).toContainEqual({ part: 'the rounds', silentMs: expect.any(Number) });
    // Whoever runs it starts it again.
    await proxy.set({});
    worker = await WorkerProcess.start(proxy.url, [lab.fastConsumer()]);
    expect(await succeeded(id)).toBe(60);
  }, 180_000);

  test('whose connections all went deaf makes new ones, and goes on', async () => {
    proxy.forgetAll();
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(60) });
    expect(await succeeded(id)).toBe(60);
    expect(worker.child.exitCode).toBeNull();
  }, 60_000);

  test.each([
    ['deaf', async () => proxy.forgetAll()],
    [
      'cut, and new ones are never answered',
      async () => {
        await proxy.set({ welcome: 'half-open' });
        proxy.cutAll();
      },
    ],
    [
      'cut, and new ones are refused',
      async () => {
        await proxy.set({ welcome: 'refuse' });
        proxy.cutAll();
      },
    ],
  ])(
    'stops within its bound, and with 0, while its connections are %s',
    async (_what, breakAll) => {
      await lab.client.deleteSessions({ sessionIds: ids(600) });
      await lab.fake.until(({ consumers }) => (consumers.key?.deletion?.received ?? 0) >= 2, 20_000);
      await breakAll();
      const from = performance.now();
      expect(await worker.kill('SIGTERM')).toBe(0);
      // The grace of one second, and ten to close.
      expect(performance.now() - from).toBeLessThan(12_500);
    },
    60_000,
  );
});
