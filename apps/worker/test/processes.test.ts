import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, freePort } from '@session-queue/testing';
import { ids, Lab, submissions } from './lab.ts';
import { WorkerProcess } from './worker-process.ts';

let lab: Lab;
let workers: WorkerProcess[] = [];
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null, resubmission: null }, latencyMs: { min: 20, max: 200 } });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
  workers = [];
  await lab.stop();
});

async function startWorker(environment: Record<string, string> = {}): Promise<WorkerProcess> {
  const { quotas } = lab.consumer();
  const consumer = lab.consumer({ quotas: { ...quotas, deletion: { calls: 5, windowMs: 500 } } });
  const worker = await WorkerProcess.start(lab.server.url, [consumer], environment);
  workers.push(worker);
  await worker.says('the worker runs');
  return worker;
}

const calls = () => lab.fake.books().consumers.key?.deletion?.received ?? 0;

describe('a worker process', () => {
  test('killed in the middle loses nothing, and only unknown outcomes are sent twice (invariants 1, 2, 7)', async () => {
    const [first] = [await startWorker(), await startWorker()];
    const deletion = await lab.client.deleteSessions({ sessionIds: ids(4_000) });
    // Calls that ignore revisions are on the wire when the worker dies.
    lab.fake.script({ fault: 'latency', min: 3_000, max: 3_000, match: { endpoint: 'resubmission' } });
    const ignoring = await lab.client.resubmit({ submissions: submissions(400), ignoreResponseRevisions: true });
    await lab.fake.until(({ consumers }) => (consumers.key?.resubmission?.received ?? 0) >= 8 && calls() >= 10, 20_000);
    await first.kill('SIGKILL');
    const ended = await lab.end(deletion.id, 60_000);
    expect(ended).toMatchObject({ state: 'completed', counts: { total: 4_000, succeeded: 4_000, failed: 0 } });
    const { sessions } = lab.fake.books();
    expect(sessions.distinct).toBe(4_000);
    // At most the five calls that the killed one had on the wire.
    expect(sessions.repeated).toBeLessThanOrEqual(5 * 50);
    await eventually(
      async () => {
        const { counts } = await lab.view(ignoring.id);
        return counts.succeeded + counts.parked === 400;
      },
      { timeoutMs: 30_000 },
    );
    expect(lab.fake.books().submissions.repeated).toBe(0);
  }, 120_000);

  test('told to stop lets calls under way end, gives the rest back, and leaves no lease', async () => {
    const worker = await startWorker({ DRAIN_GRACE_MS: '5000' });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3_000) });
    await lab.fake.until(() => calls() >= 12, 20_000);
    expect(await worker.kill('SIGTERM')).toBe(0);
    // What was claimed and not sent waits as a whole batch, due at once, and nobody holds it.
    const { counts } = await lab.view(id);
    const ready = await lab.redis.zcard('session-queue:{default}:deletion:ready');
    expect(counts.claimed).toBe(50 * ready);
    expect(counts.total).toBe(counts.pending + counts.claimed + counts.submitted + counts.succeeded);
    expect(await lab.redis.zcard('session-queue:{default}:leases')).toBe(0);
    await startWorker();
    expect((await lab.end(id, 60_000)).counts.succeeded).toBe(3_000);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 3_000, repeated: 0 });
  }, 120_000);

  test('told to stop before Redis was ever there ends at once, and with 0', async () => {
    const worker = await WorkerProcess.start(`redis://127.0.0.1:${await freePort()}`, [lab.consumer()]);
    workers.push(worker);
    await worker.says('Redis cannot be reached');
    const from = performance.now();
    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(performance.now() - from).toBeLessThan(10_000);
  });

  test('says everything that is wrong with its settings, never a value, and exits 78', async () => {
    const worker = await WorkerProcess.start('not-a-url-with-secret', [], {
      LOG_LEVEL: 'loud',
      DRAIN_GRACE_MS: 'soon',
    });
    await worker.exit;
    const said = worker.lines.join('\n');
    expect(worker.child.exitCode).toBe(78);
    for (const name of ['REDIS_URL', 'LOG_LEVEL', 'DRAIN_GRACE_MS', 'CONSUMERS_FILE']) expect(said).toContain(name);
    expect(said).not.toContain('not-a-url-with-secret');
    expect(said).not.toContain('loud');
    await worker.kill('SIGKILL');
  });

  test('logs no session id, submission or secret (invariant 9)', async () => {
    const [bad = ''] = ids(1, 77);
    lab.fake.script({ fault: 'badItems', items: [bad], naming: 'value' });
    const worker = await startWorker({ LOG_LEVEL: 'trace' });
    const { id } = await lab.client.deleteSessions({ sessionIds: [...ids(10), bad] });
    await lab.end(id);
    await worker.kill('SIGTERM');
    const said = worker.lines.join('\n');
    expect(said).toContain('a send failed');
    for (const id of [...ids(10), bad]) expect(said).not.toContain(id);
    expect(said).not.toContain('"secret"');
  });
});
