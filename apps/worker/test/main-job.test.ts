import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@session-queue/testing';
import { ids, Lab, submissions } from './lab.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

describe('the main job', () => {
  test('deletes every session once and settles every item (invariants 2, 5, 6, 8)', async () => {
    lab = await Lab.start({ quotas: { deletion: null } });
    await lab.replica([lab.fastConsumer()]);
    const all = ids(230);
    const accepted = await lab.client.deleteSessions({
      sessionIds: [...all, ...all.slice(0, 10)],
      reason: 'retention',
    });
    expect(accepted).toMatchObject({ state: 'accepted', counts: { total: 230, duplicates: 10, pending: 230 } });
    const ended = await lab.end(accepted.id);
    expect(ended).toMatchObject({
      state: 'completed',
      counts: { total: 230, succeeded: 230, failed: 0 },
      reason: 'retention',
    });
    const books = lab.fake.fullBooks();
    expect(books.sessions).toMatchObject({ distinct: 230, repeated: 0, deleted: 230 });
    expect(books.consumers.key?.deletion?.accepted).toBe(5);
    const job = await eventually(async () => {
      const found = await lab?.queue('deletion.requests').getJob(accepted.id);
      return (await found?.isCompleted()) ? await lab?.queue('deletion.requests').getJob(accepted.id) : false;
    });
    expect(job?.returnvalue).toMatchObject({ state: 'completed', succeeded: 230 });
  });

  test('sends every failed submission again, those that ignore revisions apart', async () => {
    lab = await Lab.start();
    await lab.replica([lab.consumer()]);
    const plain = await lab.client.resubmit({ submissions: submissions(70) });
    const ignoring = await lab.client.resubmit({ submissions: submissions(30, 100), ignoreResponseRevisions: true });
    expect((await lab.end(plain.id)).counts.succeeded).toBe(70);
    expect((await lab.end(ignoring.id)).counts.succeeded).toBe(30);
    expect(lab.fake.books().submissions).toMatchObject({ distinct: 100, repeated: 0, stored: 100 });
    expect(lab.fake.submission(submissions(1, 100)[0] ?? '')).toMatchObject({ calls: 1, ignoringRevisions: 1 });
    expect(lab.fake.submission(submissions(1)[0] ?? '')).toMatchObject({ calls: 1, ignoringRevisions: 0 });
  });
});
