import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { WorkerMetrics } from '../../src/metrics/worker-metrics.ts';
import { ids, Lab } from '../lab.ts';

let lab: Lab;
let metrics: WorkerMetrics;
afterEach(() => lab.stop());

/** The value of a sample, by its name and labels as Prometheus reads them. */
async function sample(line: string): Promise<number> {
  const text = await metrics.registry.metrics();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  if (found === undefined)
    throw new Error(
      `there is no ${line} in\n${text
        .split('\n')
        .filter((one) => one.startsWith('session'))
        .join('\n')}`,
    );
  return Number(found.slice(line.length + 1));
}

const lane = 'kind="deletion",consumer="default"';

describe('the metrics of a worker', () => {
  beforeEach(async () => {
    lab = await Lab.start({ quotas: { deletion: null } });
    metrics = new WorkerMetrics();
  });

  test('count calls, their items, polls and jobs of one lane', async () => {
    await lab.replica([lab.fastConsumer()], { observer: metrics });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(70) });
    await lab.end(id);
    expect(await sample(`session_queue_call_duration_seconds_count{${lane},result="accepted"}`)).toBe(2);
    expect(await sample(`session_queue_batch_items_sum{${lane}}`)).toBe(70);
    expect(await sample(`session_queue_slot_wait_seconds_count{${lane}}`)).toBe(2);
    expect(await sample(`session_queue_job_duration_seconds_count{${lane},status="completed"}`)).toBe(2);
    expect(await sample(`session_queue_settle_duration_seconds_count{${lane}}`)).toBe(2);
    expect(
      await sample('session_queue_poll_duration_seconds_count{consumer="default",result="accepted"}'),
    ).toBeGreaterThan(0);
    expect(await sample('session_queue_tracking_lag_seconds_count{consumer="default"}')).toBeGreaterThanOrEqual(2);
    // A second at most between due and asked.
    expect(await sample('session_queue_tracking_lag_seconds_bucket{le="5",consumer="default"}')).toBeGreaterThanOrEqual(
      2,
    );
  });

  test('tell how long BullMQ jobs run, and what each run came to', async () => {
    await lab.replica([lab.fastConsumer()], { observer: metrics });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(70) });
    await lab.end(id);
    const runs = (queue: string, outcome: string) =>
      sample(`session_queue_job_run_duration_seconds_count{queue="${queue}",outcome="${outcome}"}`).catch(() => 0);
    await eventually(async () => (await runs('deletion.requests', 'completed')) === 1, { timeoutMs: 10_000 });
    await eventually(async () => (await runs('deletion.batches', 'completed')) === 2, { timeoutMs: 10_000 });
    expect(await runs('deletion.requests', 'delayed')).toBeGreaterThan(0);
    expect(await runs('resubmission.requests', 'completed')).toBe(0);
  });

  test('tell failed calls by what they mean, and count splits', async () => {
    const [bad = ''] = ids(1);
    lab.fake.script({ fault: 'badItems', items: [bad], naming: 'none' });
    lab.fake.script({ fault: 'error', status: 429, code: 42_000, message: 'Too many requests', times: 1 });
    await lab.replica([lab.fastConsumer()], { observer: metrics });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(4) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 3, failed: 1 });
    expect(await sample(`session_queue_call_duration_seconds_count{${lane},result="quota"}`)).toBe(1);
    expect(await sample(`session_queue_call_duration_seconds_count{${lane},result="item"}`)).toBeGreaterThan(1);
    expect(await sample(`session_queue_batch_splits_total{${lane}}`)).toBeGreaterThan(0);
  });
});

test('consumers beyond the first 200 are one, however many there are', async () => {
  lab = await Lab.start();
  metrics = new WorkerMetrics();
  for (let i = 0; i < 300; i += 1) metrics.batchSplit({ kind: 'deletion', consumer: `c${i}` });
  expect(await sample('session_queue_batch_splits_total{kind="deletion",consumer="other"}')).toBe(100);
});
