import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ids, Lab } from './lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start({
    quotas: { deletion: null },
    consumers: [
      { key: 'key', secret: 'secret', domains: ['example.com'] },
      { key: 'other', secret: 'other', domains: ['example.com'] },
    ],
  });
});
afterEach(() => lab.stop());

describe('accepted means durable (invariant 1)', () => {
  test('Redis killed right after the answer loses nothing, and workers go on by themselves when it is back', async () => {
    await lab.replica([lab.fastConsumer()], { deadlineMs: 1_000 });
    const { id } = await lab.client.deleteSessions({ sessionIds: ids(3_000) });
    await lab.server.kill('SIGKILL');
    await lab.server.restart({ keepData: true });
    expect(await lab.end(id, 40_000)).toMatchObject({ state: 'completed', counts: { total: 3_000, succeeded: 3_000 } });
    expect(lab.fake.books().sessions.distinct).toBe(3_000);
    expect(lab.fake.books().consumers.key?.deletion?.refused429).toBe(0);
  }, 60_000);
});

describe('replicas that know different consumers', () => {
  test('each send what is theirs, whoever takes the request in', async () => {
    await lab.replica([lab.fastConsumer()]);
    await lab.replica([lab.fastConsumer({ name: 'other', key: 'other', secret: 'other' })]);
    const queue = lab.queue('deletion.requests');
    for (let i = 0; i < 10; i += 1) {
      await queue.add('delete', { consumer: 'other', sessionIds: ids(10, i * 10) }, { jobId: `plain-${i}` });
    }
    const own = await lab.client.deleteSessions({ sessionIds: ids(60, 1_000) });
    for (let i = 0; i < 10; i += 1) {
      await lab.fake.until((books) => (books.consumers.other?.deletion?.items ?? 0) >= 100);
      expect((await lab.end(`plain-${i}`)).counts.succeeded).toBe(10);
    }
    expect((await lab.end(own.id)).counts.succeeded).toBe(60);
    expect(lab.fake.books().consumers.key?.deletion?.items).toBe(60);
  });
});
