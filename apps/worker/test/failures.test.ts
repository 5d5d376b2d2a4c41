import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { ids, Lab, submissions } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null, resubmission: null } });
});
afterEach(() => lab.stop());

const calls = () => lab.fake.books().consumers.key;

describe("an item's fault", () => {
  test('named in the message fails that item alone, at once', async () => {
    const all = ids(50);
    const bad = all[17] ?? '';
    lab.fake.script({ fault: 'badItems', items: [bad], naming: 'value' });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: all });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 49, failed: 1 } });
    const { items } = await lab.client.listItems(id, 'failed');
    expect(items).toEqual([{ item: bad, code: '20004', message: expect.any(String) }]);
    expect(items[0]?.message).not.toContain(bad);
    expect(calls()?.deletion?.received).toBe(2);
  });

  test('that is not named is found by splitting, and fails alone', async () => {
    const all = ids(50);
    const bad = all[33] ?? '';
    lab.fake.script({ fault: 'badItems', items: [bad], naming: 'none' });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: all });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 49, failed: 1 } });
    expect((await lab.client.listItems(id, 'failed')).items.map(({ item }) => item)).toEqual([bad]);
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 49, repeated: 0 });
    expect(calls()?.deletion?.received).toBeLessThanOrEqual(20);
  });

  test('in a submission fails it alone, and it can be listed and retried (its text is kept)', async () => {
    const all = submissions(60);
    const bad = all[3] ?? '';
    const fault = lab.fake.script({ fault: 'badItems', items: [bad], naming: 'none' });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.resubmit({ submissions: all });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 59, failed: 1 } });
    expect((await lab.client.listItems(id, 'failed')).items[0]?.item).toBe(bad);
    fault.remove();
    await lab.client.retryFailed(id, { reason: 'mended' });
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 60, failed: 0 } });
    expect(lab.fake.submission(bad)).toMatchObject({ calls: 1, stored: 1 });
  });

  test('a retry from Bull Board puts the failed items of a request back in line', async () => {
    const [bad = ''] = ids(1);
    const fault = lab.fake.script({ fault: 'badItems', items: [bad] });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: [bad] });
    await lab.end(id);
    fault.remove();
    const job = await eventually(async () => {
      expect(await lab.queue('deletion.requests').getJobState(id)).toBe('failed');
      // Read only now: one that was read before it failed knows no reason.
      return await lab.queue('deletion.requests').getJob(id);
    });
    expect(job?.failedReason).toBe('1 of 1 items failed for good');
    await eventually(async () => (await lab.redis.zcard('session-queue:{default}:finish')) === 0);
    await job?.retry('failed');
    await eventually(async () => (await lab.view(id)).counts.succeeded === 1, { timeoutMs: 10_000 });
    expect((await lab.end(id)).state).toBe('completed');
  });
});

describe('sessions that are already gone', () => {
  test.each(['succeed', 'refuse'] as const)(
    'count as succeeded and absent when Learnosity would %s',
    async (answer) => {
      const all = ids(30);
      await lab.fake.close();
      const gone = all.slice(4, 6);
      const other = await Lab.start({ quotas: { deletion: null }, gone });
      try {
        other.fake.script({ fault: 'gone', answer, naming: 'none' });
        await other.replica([other.fastConsumer()]);
        const { id } = await other.client.deleteSessions({ sessionIds: all });
        const ended = await other.end(id);
        expect(ended).toMatchObject({ state: 'completed', counts: { succeeded: 30, failed: 0 } });
        // Only a refusal tells that a session was gone.
        expect(ended.counts.absent).toBe(answer === 'refuse' ? 2 : 0);
      } finally {
        await other.stop();
      }
    },
  );
});

describe("nobody's fault", () => {
  test('a 429 (another program uses the key) spends no attempt and blocks the endpoint for a window', async () => {
    lab.fake.script({ fault: 'error', status: 429, code: 42000, message: 'Too many requests', times: 2 });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect((await lab.end(id)).counts.succeeded).toBe(10);
    expect(lab.fake.books().sessions.repeated).toBe(0);
  });

  test.each([
    ['a 500', { fault: 'error', status: 500, code: 10000 }],
    ['a 200 that says no', { fault: 'error', status: 200, code: 50100 }],
    ['HTML', { fault: 'html' }],
    ['a cut before the effect', { fault: 'cut', effect: false }],
  ] as const)('%s is tried again until it is done', async (_name, fault) => {
    lab.fake.script({ ...fault, times: 1, match: { endpoint: 'deletion' } });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 10 } });
    expect(lab.fake.books().sessions.repeated).toBe(0);
  });
});

describe('an unknown outcome (invariant 7)', () => {
  test('of a deletion is sent again', async () => {
    lab.fake.script({ fault: 'cut', effect: true, times: 1, match: { endpoint: 'deletion' } });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 10, resent: 10 } });
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 10, repeated: 10 });
  });

  test('of items that ignore revisions is never sent again: it waits for a person', async () => {
    lab.fake.script({ fault: 'cut', effect: true, times: 1, match: { endpoint: 'resubmission' } });
    await lab.replica([lab.consumer()]);
    const all = submissions(3);
    const { id } = await lab.client.resubmit({ submissions: all, ignoreResponseRevisions: true });
    await eventually(async () => (await lab.view(id)).counts.parked === 3, { timeoutMs: 10_000 });
    expect((await lab.client.listItems(id, 'parked')).items.map(({ item }) => item)).toEqual(all);
    expect(lab.fake.books().submissions.repeated).toBe(0);
    await lab.client.resolveParked(id, 'fail');
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { failed: 3, parked: 0 } });
    expect(lab.fake.books().submissions.repeated).toBe(0);
  });
});

describe('only completed is done (invariant 8)', () => {
  test('a halted job is tried again as a new batch', async () => {
    lab.fake.script({ fault: 'halted', times: 1 });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect((await lab.end(id)).counts).toMatchObject({ succeeded: 10, failed: 0 });
    expect(lab.fake.books().jobs).toMatchObject({ halted: 1, completed: 1 });
  });

  test('a reference that shows up late in /jobs is waited for', async () => {
    lab.fake.script({ fault: 'lateReference', min: 2_500, max: 2_500, times: 1 });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect((await lab.end(id)).counts.succeeded).toBe(10);
    expect(lab.fake.books().sessions.repeated).toBe(0);
  });

  test('an answer in the other shape is read all the same', async () => {
    lab.fake.script({ fault: 'wrongShape', shape: 'swapped', match: { endpoint: ['deletion', 'resubmission'] } });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(10) });
    expect((await lab.end(id)).counts.succeeded).toBe(10);
  });
});

describe('a fault of the consumer (invariant 10)', () => {
  test('stops the lane with its reason, fails nothing, and ends once the secret is right', async () => {
    const wrong = await lab.replica([lab.fastConsumer({ secret: 'wrong' })]);
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(120) });
    await eventually(async () => (await lab.view(id)).laneStopped !== undefined, { timeoutMs: 10_000 });
    const view = await lab.view(id);
    expect(view).toMatchObject({ state: 'processing', counts: { failed: 0, succeeded: 0 } });
    expect(view.laneStopped?.code).toMatch(/^4[01]00/);
    await wrong.stop();
    await lab.replica([lab.fastConsumer()]);
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 120 } });
    expect((await lab.view(id)).laneStopped).toBeUndefined();
  });

  test('delays no other consumer', async () => {
    const other = { key: 'other', secret: 'other', domains: ['example.com'] };
    await lab.stop();
    lab = await Lab.start({
      quotas: { deletion: null },
      consumers: [{ key: 'key', secret: 'secret', domains: ['example.com'] }, other],
    });
    lab.fake.script({ fault: 'hang', match: { consumer: 'key' } });
    await lab.replica([lab.fastConsumer(), lab.fastConsumer({ name: 'other', key: 'other', secret: 'other' })]);
    const hanging = await lab.client.deleteSessions({ sessionIds: ids(500) });
    const { id } = await lab.client.deleteSessions({ consumer: 'other', sessionIds: ids(200, 1_000) });
    expect((await lab.end(id, 5_000)).counts.succeeded).toBe(200);
    expect((await lab.view(hanging.id)).counts.succeeded).toBe(0);
  });
});
