import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LegalHoldStore, queueNames } from '@session-queue/core';
import { eventually, leakGuard } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
let holds: LegalHoldStore;
beforeEach(async () => {
  lab = await Lab.start();
  holds = new LegalHoldStore(lab.redis, 'session-queue');
});
afterEach(() => lab.stop());

const [first = '', second = ''] = ids(2);
const why = { reason: 'case 12', by: 'ada' };
const there = () => [...lab.fake.sessions()].filter(({ exists }) => exists).map(({ sessionId }) => sessionId);

describe('sessions under a legal hold', () => {
  test('are never sent: they fail with the reason and its hold, and the others of the request are deleted', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id: hold } = await holds.addLegalHold({ ...why, sessionIds: [first, second] });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(120) });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 118, failed: 2 } });
    const { items } = await lab.client.listItems(id, 'failed');
    expect(items.map(({ item, code }) => `${item} ${code}`).toSorted()).toEqual([
      `${first} legal_hold`,
      `${second} legal_hold`,
    ]);
    const message = `Its session is under the legal hold ${hold}: it is not sent for deletion`;
    expect(new Set(items.map((report) => report.message))).toEqual(new Set([message]));
    expect(lab.fake.books().sessions).toMatchObject({ distinct: 118, repeated: 0 });
  }, 30_000);

  test('are each said to be under a hold that has them, and settled at once whichever that is', async () => {
    await lab.replica([lab.fastConsumer()]);
    const made = await Promise.all([first, second].map((id) => holds.addLegalHold({ ...why, sessionIds: [id] })));
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(50) });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 48, failed: 2 } });
    const { items } = await lab.client.listItems(id, 'failed');
    const said = new Map(items.map(({ item, message }) => [item, message]));
    for (const [position, session] of [first, second].entries())
      expect(said.get(session)).toContain(`under the legal hold ${made[position]?.id}:`);
    expect(lab.fake.books().consumers.key?.deletion).toMatchObject({ received: 1 });
    // All are settled at once: there is the batch that held them, and the one that was sent.
    expect(await lab.redis.llen(`session-queue:{default}:request:${id}:batches`)).toBe(2);
  }, 30_000);

  test('are not sent by a plain BullMQ job, nor by a retry, but are once the hold is lifted', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id: hold } = await holds.addLegalHold({ ...why, sessionIds: [first] });
    await lab.queue(queueNames.deletion.requests).add('delete', { sessionIds: [first] }, { jobId: 'plain-1' });
    await eventually(async () => (await lab.client.getRequest('plain-1'))?.state === 'failed', { timeoutMs: 10_000 });
    await lab.client.retryFailed('plain-1', { reason: 'try' });
    expect(await lab.end('plain-1')).toMatchObject({ state: 'failed', counts: { failed: 1 } });
    expect(lab.fake.books().sessions.distinct).toBe(0);
    await holds.removeLegalHold(hold, why);
    await lab.client.retryFailed('plain-1', { reason: 'the case is closed' });
    expect(await lab.end('plain-1')).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
  }, 30_000);

  test('that were claimed before the hold are not sent again by a retry of their batch', async () => {
    lab.fake.script({ fault: 'error', status: 503, times: 1, match: { endpoint: 'deletion' } });
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: [first] });
    await lab.fake.until(() => (lab.fake.books().consumers.key?.deletion?.received ?? 0) >= 1);
    await holds.addLegalHold({ ...why, sessionIds: [first] });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { failed: 1 } });
    expect(lab.fake.books().sessions.distinct).toBe(0);
  }, 30_000);
});

describe('users and activities under a legal hold', () => {
  beforeEach(() => {
    lab.fake.giveSessions([
      ...ids(60).map((sessionId) => ({ sessionId, userId: 'learner', activityId: 'maths', metadata: {} })),
      ...ids(60, 100).map((sessionId) => ({ sessionId, userId: 'other', activityId: 'maths', metadata: {} })),
    ]);
  });

  test('keep their sessions: they are found at Learnosity before a deletion begins', async () => {
    await lab.replica([lab.fastConsumer()]);
    await holds.addLegalHold({ ...why, userId: 'learner' });
    const { id } = await lab.client.deleteSessions({ sessionIds: [...ids(60), ...ids(60, 100)] });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { succeeded: 60, failed: 60 } });
    expect(there().toSorted()).toEqual(ids(60));
  }, 30_000);

  test('keep sessions that they had only after the hold was made', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id: hold } = await holds.addLegalHold({ ...why, userId: 'learner' });
    await eventually(async () => (await holds.getLegalHold(hold)).sessions === 60, { timeoutMs: 10_000 });
    const [late = ''] = ids(1, 500);
    lab.fake.giveSessions([{ sessionId: late, userId: 'learner', activityId: 'maths', metadata: {} }]);
    const { id } = await lab.client.deleteSessions({ sessionIds: [late] });
    expect(await lab.end(id)).toMatchObject({ state: 'failed', counts: { failed: 1 } });
    expect(there()).toContain(late);
  }, 30_000);

  test('hold up deletions while their sessions cannot be found, and say so', async () => {
    lab.fake.script({ fault: 'error', status: 503, times: 2, match: { endpoint: 'metadata' } });
    await lab.replica([lab.fastConsumer()]);
    await holds.addLegalHold({ ...why, activityId: 'maths' });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(1, 900) });
    await eventually(async () => (await lab.view(id)).waiting?.code !== undefined, { timeoutMs: 10_000 });
    expect(lab.fake.books().sessions.distinct).toBe(0);
    expect(await lab.end(id)).toMatchObject({ state: 'completed', counts: { succeeded: 1 } });
  }, 40_000);

  test('are found though a page failed, which alone is asked for again', async () => {
    lab.fake.giveSessions(
      ids(1_000, 2_000).map((sessionId) => ({ sessionId, userId: 'busy', activityId: 'maths', metadata: {} })),
    );
    const received = () => lab.fake.books().consumers.key?.metadata?.received ?? 0;
    await lab.replica([lab.fastConsumer()]);
    const { id: hold } = await holds.addLegalHold({ ...why, userId: 'busy' });
    await lab.fake.until(() => received() > 1);
    lab.fake.script({ fault: 'error', status: 503, times: 1, match: { endpoint: 'metadata' } });
    await eventually(async () => (await holds.getLegalHold(hold)).resolvedAt !== undefined, { timeoutMs: 20_000 });
    expect(await holds.getLegalHold(hold)).toMatchObject({ sessions: 1_000 });
    // Twenty pages, the empty one, and the one that failed.
    expect(received()).toBe(22);
  }, 30_000);
});
