import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ruleQueueName } from '@session-queue/core';
import type { RuleInput, RuleRun } from '@session-queue/core/client';
import { eventually, leakGuard } from '@session-queue/testing';
import { WorkerMetrics } from '../src/metrics/worker-metrics.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
const dayMs = 24 * 3600 * 1000;
const ago = (days: number) => Date.now() - days * dayMs;
const old = ids(60);
const young = ids(20, 1_000);

beforeEach(async () => {
  lab = await Lab.start();
  lab.fake.giveSessions([
    ...old.map((sessionId) => ({
      sessionId,
      userId: 'learner',
      metadata: {},
      status: 'Completed' as const,
      completedAt: ago(4 * 366),
    })),
    ...young.map((sessionId) => ({
      sessionId,
      userId: 'learner',
      metadata: {},
      status: 'Completed' as const,
      completedAt: ago(30),
    })),
  ]);
});
afterEach(() => lab.stop());

const input: RuleInput = {
  filter: { completed: { olderThan: 'P3Y' } },
  // Once in a leap year: nothing runs by itself while a test does.
  schedule: { cron: '0 0 29 2 *' },
  mode: 'report',
  reason: 'retention',
};
const deleting: RuleInput = { ...input, mode: 'delete', cap: 60 };

/** As if its time had come. */
async function makeDue(name: string, agoMs = 60_000): Promise<number> {
  const due = Date.now() - agoMs;
  await lab.redis.hset(`{session-queue}:rule:${name}`, 'due', due);
  await lab.redis.publish('session-queue:wake', 'rule *');
  return due;
}

async function over(name: string): Promise<RuleRun> {
  return await eventually(
    async () => {
      const { lastRun } = await lab.client.rules.getRule(name);
      if (lastRun === undefined || lastRun.state === 'selecting') throw new Error(JSON.stringify(lastRun));
      return lastRun;
    },
    { timeoutMs: 30_000 },
  );
}

const deletions = async () => (await lab.client.listRequests()).requests;
const left = () =>
  [...lab.fake.sessions()]
    .filter(({ exists }) => exists)
    .map(({ sessionId }) => sessionId)
    .toSorted();

describe('a rule that is due', () => {
  test('and only reports, says how many there are and deletes none', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.rules.putRule('old', input);
    const due = await makeDue('old');
    const run = await over('old');
    expect(run).toMatchObject({ moment: new Date(due).toISOString(), state: 'reported', count: 60 });
    expect(await lab.client.getSelection(run.selection ?? '')).toMatchObject({
      state: 'ready',
      requestedBy: 'rule old',
    });
    expect(await deletions()).toEqual([]);
  });

  test('and waits for approval asks for a deletion that says so, once', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.rules.putRule('old', { ...input, mode: 'approve' });
    // No worker takes it out of the record meanwhile.
    await lab.client.stopKind('deletion', 'a look at it first');
    await makeDue('old');
    const run = await over('old');
    expect(run).toMatchObject({ state: 'approval_requested', count: 60 });
    expect(await lab.redis.hget(`session-queue:{default}:request:${run.request}`, 'requireApproval')).toBe('1');
  });

  test('and deletes, deletes what is old, and nothing else', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.rules.putRule('old', deleting);
    await makeDue('old');
    const run = await over('old');
    expect(run).toMatchObject({ state: 'deletion_requested', count: 60 });
    const request = await lab.end(run.request ?? '');
    expect(request).toMatchObject({ state: 'completed', requestedBy: 'rule old', reason: 'retention' });
    expect(left()).toEqual(young);
  });

  test('and finds more than its cap deletes nothing at all, and says why', async () => {
    const metrics = new WorkerMetrics();
    await lab.replica([lab.fastConsumer()], { observer: metrics });
    await lab.client.rules.putRule('old', { ...deleting, cap: 59 });
    await makeDue('old');
    expect(await over('old')).toMatchObject({ state: 'reported', count: 60, error: { code: 'over_cap' } });
    expect(await deletions()).toEqual([]);
    expect(left()).toHaveLength(80);
    const counted = 'session_queue_rule_runs_total{consumer="default",mode="delete",result="reported"} 1';
    expect(await metrics.registry.metrics()).toContain(counted);
  });

  test('and finds nothing asks for nothing', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.client.rules.putRule('old', { ...deleting, filter: { completed: { olderThan: 'P20Y' } } });
    await makeDue('old');
    expect(await over('old')).toMatchObject({ state: 'nothing', count: 0 });
    expect(await deletions()).toEqual([]);
  });

  test('runs once for both of two replicas, and once for all that was missed while none lived', async () => {
    await lab.client.rules.putRule('old', { ...deleting, schedule: { every: 'P1D' } });
    await makeDue('old', 3 * dayMs);
    await Promise.all([lab.replica([lab.fastConsumer()]), lab.replica([lab.fastConsumer()])]);
    await over('old');
    expect(await lab.client.rules.ruleRuns('old')).toHaveLength(1);
    expect(await deletions()).toHaveLength(1);
    expect(Date.parse((await lab.client.rules.getRule('old')).next ?? '')).toBeGreaterThan(Date.now());
  });

  test('says that its selection failed, and the next run tries again', async () => {
    const match = { endpoint: 'metadata' } as const;
    lab.fake.script({ fault: 'error', match, status: 400, code: 20_001, message: 'no such filter', times: 1 });
    await lab.replica([lab.fastConsumer()]);
    await lab.client.rules.putRule('old', input);
    await makeDue('old');
    expect(await over('old')).toMatchObject({ state: 'failed', error: { code: expect.any(String) } });
    await makeDue('old', 0);
    await eventually(
      async () => ((await lab.client.rules.getRule('old')).lastRun?.state === 'reported' ? true : undefined),
      {
        timeoutMs: 20_000,
      },
    );
  });
});

describe('a run under way', () => {
  /** Begins a run whose selection takes its time. */
  async function begin(rule: RuleInput): Promise<RuleRun> {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 800, max: 800 });
    await lab.client.rules.putRule('old', rule);
    return await lab.client.rules.runRule('old', { by: 'privacy-desk' });
  }

  test.each<[string, () => Promise<unknown>, string]>([
    ['disabled', () => lab.client.rules.putRule('old', { ...deleting, enabled: false }), 'disabled'],
    ['changed', () => lab.client.rules.putRule('old', { ...deleting, filter: { statuses: ['Discarded'] } }), 'changed'],
  ])('deletes nothing once its rule is %s', async (_what, change, code) => {
    await lab.replica([lab.fastConsumer()]);
    await begin(deleting);
    await change();
    expect(await over('old')).toMatchObject({ state: 'skipped', by: 'privacy-desk', error: { code } });
    expect(await deletions()).toEqual([]);
  });

  test('deletes nothing once its rule is removed', async () => {
    await lab.replica([lab.fastConsumer()]);
    await begin(deleting);
    await lab.client.rules.removeRule('old');
    const run = await eventually(
      async () => {
        const [last] = await lab.client.rules.ruleRuns('old');
        return last?.state === 'skipped' ? last : undefined;
      },
      { timeoutMs: 20_000 },
    );
    expect(run).toMatchObject({ error: { code: 'removed' } });
    expect(await deletions()).toEqual([]);
  });

  test('goes on with another replica where one ended between its selection and its deletion, and asks once', async () => {
    const first = await lab.replica([lab.fastConsumer()], { drainGraceMs: 100 });
    const { moment } = await begin(deleting);
    const id = `rule.old.${Date.parse(moment)}`;
    await eventually(async () => ((await lab.client.getSelection(id)).pages > 0 ? true : undefined), {
      timeoutMs: 20_000,
    });
    await first.stop();
    // Whatever BullMQ knew of it is lost too.
    const keys = await lab.redis.keys(`{session-queue}:${ruleQueueName}:*`);
    await lab.redis.del(...keys);
    await lab.redis.zadd('session-queue:{default}:walks', 'XX', 1, id);
    await lab.replica([lab.fastConsumer()]);
    expect(await over('old')).toMatchObject({ state: 'deletion_requested', count: 60, request: id });
    expect((await deletions()).map((request) => request.id)).toEqual([id]);
  });

  test('finds the deletion that was asked for before its worker died, and asks for no other', async () => {
    await lab.client.rules.putRule('old', deleting);
    const { moment } = await lab.client.rules.runRule('old');
    const id = `rule.old.${Date.parse(moment)}`;
    await lab.client.deleteSessions({ id, sessionIds: old, reason: 'retention' });
    await lab.client.rules.putRule('old', { ...deleting, enabled: false });
    await lab.replica([lab.fastConsumer()]);
    expect(await over('old')).toMatchObject({ state: 'deletion_requested', request: id, count: 60 });
    expect(await deletions()).toHaveLength(1);
  });
});

describe('the job scheduler of a rule', () => {
  test('follows its record, and is made anew when somebody has removed it', async () => {
    await lab.replica([lab.consumer()]);
    const queue = lab.queue(ruleQueueName);
    const scheduled = async () =>
      (await queue.getJobSchedulers()).map(({ key, pattern, every, tz }) => ({ key, pattern, every, tz }));
    const until = (expected: object[]) =>
      eventually(
        async () => {
          expect(await scheduled()).toEqual(expected);
          return true;
        },
        { timeoutMs: 20_000 },
      );
    await lab.client.rules.putRule('old', { ...input, schedule: { cron: '0 3 * * 0', timeZone: 'Europe/Berlin' } });
    await until([{ key: 'old', pattern: '0 3 * * 0', every: undefined, tz: 'Europe/Berlin' }]);
    await lab.client.rules.putRule('old', { ...input, schedule: { every: 'P1D' } });
    await until([{ key: 'old', pattern: undefined, every: dayMs, tz: undefined }]);
    await queue.removeJobScheduler('old');
    // Whatever is set has all of them looked at.
    await lab.client.rules.putRule('other', { ...input, enabled: false });
    await until([{ key: 'old', pattern: undefined, every: dayMs, tz: undefined }]);
    expect(await lab.client.rules.ruleRuns('old')).toEqual([]);
    await lab.client.rules.putRule('old', { ...input, enabled: false });
    await until([]);
  });

  test('that rings too early, by a clock that is wrong, begins nothing', async () => {
    await lab.replica([lab.consumer()]);
    await lab.client.rules.putRule('old', input);
    const queue = lab.queue(ruleQueueName);
    const job = await queue.add('due', { rule: 'old' }, { removeOnComplete: true });
    await eventually(async () => ((await queue.getJob(job.id ?? '')) === undefined ? true : undefined), {
      timeoutMs: 10_000,
    });
    expect(await lab.client.rules.ruleRuns('old')).toEqual([]);
  });
});
