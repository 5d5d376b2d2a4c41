import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { ForeignTombstones } from '../src/foreign-tombstones.ts';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({ quotas: { deletion: null } });
});
afterEach(() => lab.stop());

const tombstones = { key: 'a key of tests that is long enough' };
const submission = (id: string) => Buffer.from(JSON.stringify({ session_id: id })).toString('base64');
const calls = (id = '') => lab.fake.session(id).calls;

describe('a worker with tombstones', () => {
  test('deletes nothing twice, but by force: the second deletion costs no call', async () => {
    await lab.replica([lab.fastConsumer()], { tombstones });
    await lab.client.deleteSessions({ id: 'first', sessionIds: ids(60) });
    await lab.end('first');
    expect(ids(60).map(calls)).toEqual(ids(60).map(() => 1));
    await lab.client.deleteSessions({ id: 'second', sessionIds: ids(60) });
    const { state, counts } = await lab.end('second');
    expect([state, counts.succeeded, counts.alreadyDeleted, counts.absent]).toEqual(['completed', 60, 60, 0]);
    expect(ids(60).map(calls)).toEqual(ids(60).map(() => 1));
    await lab.client.deleteSessions({ id: 'forced', sessionIds: ids(1), force: true });
    const forced = await lab.end('forced');
    expect([forced.force, forced.counts.succeeded, forced.counts.alreadyDeleted]).toEqual([true, 1, 0]);
    expect(ids(2).map(calls)).toEqual([2, 1]);
  });

  test('sends of a mixed request what was not deleted, and all of it adds up (invariant 6)', async () => {
    await lab.replica([lab.fastConsumer()], { tombstones });
    await lab.client.deleteSessions({ id: 'first', sessionIds: ids(30) });
    await lab.end('first');
    await lab.client.deleteSessions({ id: 'mixed', sessionIds: ids(80) });
    const { counts } = await lab.end('mixed');
    expect([counts.total, counts.succeeded, counts.alreadyDeleted]).toEqual([80, 80, 30]);
    expect(ids(80).map(calls)).toEqual(ids(80).map(() => 1));
  });

  test('refuses a resubmission of a deleted session, sends the others, and says what could not be checked', async () => {
    await lab.replica([lab.fastConsumer()], { tombstones });
    const [gone = '', other = ''] = ids(2);
    await lab.client.deleteSessions({ id: 'first', sessionIds: [gone] });
    await lab.end('first');
    const unknown = Buffer.from('nobody can read this').toString('base64');
    await lab.client.resubmit({ id: 'again', submissions: [submission(gone), submission(other), unknown] });
    const { state, counts, unreadable } = await lab.end('again');
    expect([state, counts.succeeded, counts.failed, unreadable]).toEqual(['failed', 2, 1, 1]);
    const { items } = await lab.client.listItems('again', 'failed');
    expect(items).toEqual([expect.objectContaining({ item: submission(gone), code: 'session_deleted' })]);
    expect(lab.fake.submission(submission(gone))).toMatchObject({ calls: 0 });
  });

  test('deletes a session after a resubmission of it that is under way, never before', async () => {
    const [id = ''] = ids(1);
    await lab.stop();
    lab = await Lab.start({ quotas: { deletion: null }, jobMs: { min: 1_500, max: 1_500 } });
    await lab.replica([lab.fastConsumer()], { tombstones });
    await lab.client.resubmit({ id: 'resent', submissions: [submission(id)] });
    await eventually(async () => (await lab.view('resent')).counts.submitted === 1);
    await lab.client.deleteSessions({ id: 'waits', sessionIds: [id] });
    await eventually(
      async () => {
        const sent = calls(id);
        const { state } = await lab.view('resent');
        expect([sent, state]).not.toEqual([1, 'processing']);
        return sent === 1;
      },
      { timeoutMs: 20_000 },
    );
    expect((await lab.end('waits')).counts).toMatchObject({ succeeded: 1, alreadyDeleted: 0 });
  });

  test('refuses to start with another key than that of the tombstones that are there', async () => {
    await lab.replica([lab.fastConsumer()], { tombstones });
    const other = { key: 'another key that is just as long as it' };
    await expect(lab.replica([lab.fastConsumer()], { tombstones: other })).rejects.toThrow(ForeignTombstones);
  });
});
