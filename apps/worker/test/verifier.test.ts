import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Consumer, RequestView, VerificationSettings } from '@session-queue/core';
import { eventually, leakGuard } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

leakGuard();

const mine = ids(120);
const verification: VerificationSettings = { deletions: 'selections', afterMs: 50, forMs: 60_000, sampleAfterMs: [] };

/** What Learnosity says where an id is none to it. */
const refusal = {
  fault: 'error',
  status: 400,
  code: 20_001,
  message: 'Invalid parameter value',
  match: { endpoint: 'metadata' },
} as const;

let lab: Lab;
beforeEach(async () => {
  lab = await Lab.start();
  lab.fake.giveSessions(mine.map((sessionId) => ({ sessionId, userId: 'learner', metadata: {} })));
});
afterEach(() => lab.stop());

function consumer(change: Partial<VerificationSettings> = {}): Consumer {
  return lab.fastConsumer({ verification: { ...verification, ...change } });
}

/** A deletion of what was seen, as one of a selection is. */
async function deleted(sessionIds: readonly string[] = mine): Promise<string> {
  await lab.client.stopKind('deletion', 'it is not marked yet');
  const { id } = await lab.client.deleteSessions({ sessionIds });
  await lab.redis.hset(`session-queue:{default}:request:${id}`, 'selection', 's');
  await lab.client.startKind('deletion');
  return id;
}

async function verified(id: string, timeoutMs = 20_000): Promise<RequestView> {
  return await eventually(
    async () => {
      const view = await lab.view(id);
      if (view.state !== 'completed' || view.verification?.state !== 'done') throw new Error(JSON.stringify(view));
      return view;
    },
    { timeoutMs },
  );
}

const pieces = 'session-queue:{default}:verifications';

/** Lets all that waits for verification be due in so many ms; answers how much that is. */
async function putTogether(inMs: number): Promise<number> {
  const waiting = await lab.redis.zrange(pieces, '0', '-1');
  for (const piece of waiting) await lab.redis.zadd(pieces, 'XX', Date.now() + inMs, piece);
  return waiting.length;
}

const books = () => lab.fake.books().consumers.key;
const metadataCalls = () => books()?.metadata.received ?? 0;

describe('a deletion whose sessions were seen', () => {
  test('is verified once Learnosity shows none of them, many sessions a call, and spends nothing of its quota', async () => {
    await lab.replica([consumer({ afterMs: 2_000 })]);
    const id = await deleted();
    expect(await lab.end(id)).toMatchObject({ counts: { succeeded: 120 }, verification: { state: 'waiting' } });
    expect(await verified(id)).toMatchObject({
      counts: { succeeded: 120, verified: 120, unverifiable: 0, stillThere: 0 },
      verification: { verified: 120, checkedAt: expect.any(String) },
    });
    expect(books()?.deletion.received).toBe(3);
    expect(metadataCalls()).toBeLessThan(4);
  });

  test('is asked for again while their removal is slow', async () => {
    lab.fake.script({ fault: 'slowRemoval', min: 1_000, max: 1_500, share: 0.5, match: { endpoint: 'deletion' } });
    await lab.replica([consumer()]);
    const view = await verified(await deleted());
    expect(view.counts).toMatchObject({ verified: 120, stillThere: 0 });
    expect(books()?.deletion.received).toBe(3);
  });

  test('is read to the empty page where more sessions are shown than a page holds', async () => {
    lab.fake.script({ fault: 'slowRemoval', min: 3_000, max: 3_000, match: { endpoint: 'deletion' } });
    await lab.replica([consumer({ afterMs: 500 })]);
    const id = await deleted();
    const view = await eventually(
      async () => {
        const now = await lab.view(id);
        return now.verification?.checkedAt === undefined ? undefined : now;
      },
      { timeoutMs: 10_000 },
    );
    expect(view.verification).toMatchObject({ waiting: 120, verified: 0 });
  });

  test('deletes again what is still there after the grace', async () => {
    const back = { fault: 'reappearance', min: 0, max: 0, match: { endpoint: 'deletion' } } as const;
    lab.fake.script({ ...back, items: mine.slice(7, 9), times: 1 });
    await lab.replica([consumer({ forMs: 1_000 })]);
    const view = await verified(await deleted());
    expect(view.counts).toMatchObject({ total: 120, succeeded: 120, verified: 120, stillThere: 0 });
    expect(books()?.deletion.received).toBe(4);
    // The mirror shows the end that the second deletion brought.
    await eventually(
      async () => (await lab.queue('deletion.requests').getJobState(view.id)) === 'completed' || undefined,
    );
  });

  test('tells of what is there after it was deleted twice, and once only', async () => {
    const [stubborn = ''] = mine;
    const slow = { fault: 'slowRemoval', min: 86_400_000, max: 86_400_000, match: { endpoint: 'deletion' } } as const;
    lab.fake.script({ ...slow, items: [stubborn] });
    await lab.replica([consumer({ forMs: 1_000 })]);
    const id = await deleted();
    expect((await verified(id)).counts).toMatchObject({ succeeded: 120, verified: 119, stillThere: 1 });
    const { items } = await lab.client.listItems(id, 'stillThere');
    expect(items).toEqual([{ item: stubborn, code: 'still_there', message: expect.any(String) }]);
    expect(books()?.deletion.received).toBe(4);
  });

  test('is verified by another replica when the first dies while it asks', async () => {
    lab.fake.script({ fault: 'hang', match: { endpoint: 'metadata' }, times: 1 });
    const first = await lab.replica([consumer()], { drainGraceMs: 50 });
    const id = await deleted();
    await lab.end(id);
    await eventually(() => Promise.resolve(metadataCalls() > 0 || undefined), { timeoutMs: 10_000 });
    await first.stop();
    expect((await lab.view(id)).verification).toMatchObject({ state: 'waiting', verified: 0 });
    // As if its lease were over.
    await putTogether(-1_000);
    await lab.replica([consumer()]);
    expect((await verified(id)).counts).toMatchObject({ succeeded: 120, verified: 120 });
  });

  test('waits while Learnosity cannot be asked, and says so in the end', async () => {
    lab.fake.script({ fault: 'error', status: 500, match: { endpoint: 'metadata' } });
    await lab.replica([consumer({ forMs: 1_000 })]);
    const view = await verified(await deleted(mine.slice(0, 3)));
    expect(view.verification).toMatchObject({ verified: 0, unverifiable: 3, stillThere: 0 });
    expect(view.verification).not.toHaveProperty('checkedAt');
  });

  test('is verified although one of its ids makes Learnosity refuse to look', async () => {
    // All three batches, then two of them, then one alone, which rests.
    const refused = lab.fake.script({ ...refusal, times: 3 });
    await lab.replica([consumer({ afterMs: 2_000 })]);
    const id = await deleted();
    await lab.end(id);
    await putTogether(1_000);
    expect((await verified(id)).counts).toMatchObject({ verified: 120, unverifiable: 0 });
    expect(refused.struck()).toBe(3);
    expect(metadataCalls()).toBe(6);
  });
});

test('what is asked for in parts, since Learnosity refuses to look for one of it, is held on to until its turn', async () => {
  await lab.replica([consumer({ afterMs: 2_000 })]);
  const id = await deleted();
  await lab.end(id);
  await putTogether(1_000);
  lab.fake.script({ ...refusal, times: 2 });
  lab.fake.script({ fault: 'latency', min: 1_000, max: 1_000, match: { endpoint: 'metadata' } });
  const calls = async (count: number) => {
    await eventually(() => Promise.resolve(metadataCalls() >= count || undefined), { timeoutMs: 10_000 });
  };
  // All three batches, refused; then two of them, refused; then each of the two; then the third.
  await calls(2);
  // As if the lease were over by now: who asks for one of them has all of them.
  expect(await putTogether(-1_000)).toBe(3);
  await calls(3);
  const overdue = await lab.redis.zcount(pieces, '-inf', Date.now());
  expect(metadataCalls()).toBe(3);
  expect(overdue).toBe(0);
  expect((await verified(id)).counts).toMatchObject({ verified: 120, unverifiable: 0 });
}, 30_000);

test('a deletion whose sessions nobody saw is asked for by nobody, and unverifiable', async () => {
  await lab.replica([consumer()]);
  const { id } = await lab.client.deleteSessions({ sessionIds: mine });
  const { counts, verification: said } = await lab.end(id);
  expect(counts).toMatchObject({ succeeded: 120, verified: 0, unverifiable: 120 });
  expect(said).toMatchObject({ state: 'none', waiting: 0 });
  expect(metadataCalls()).toBe(0);
});

describe('a deletion that asks to be verified', () => {
  test('has its sessions looked for first; one that Learnosity never showed is unverifiable', async () => {
    lab.fake.giveSessions([{ sessionId: ids(1, 500)[0] ?? '', userId: 'learner', metadata: null }]);
    await lab.replica([consumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: [...mine, ...ids(1, 500)], verify: true });
    expect((await verified(id)).counts).toMatchObject({
      succeeded: 121,
      verified: 120,
      unverifiable: 1,
      stillThere: 0,
    });
    expect(books()?.deletion.received).toBe(3);
  });

  test('goes out unseen while Learnosity does not answer, and is not held up for long', async () => {
    lab.fake.script({ fault: 'error', status: 500, match: { endpoint: 'metadata' } });
    await lab.replica([consumer()]);
    const { id } = await lab.client.deleteSessions({ sessionIds: mine, verify: true });
    expect(await lab.end(id)).toMatchObject({
      counts: { succeeded: 120, verified: 0, unverifiable: 120 },
      verification: { state: 'none' },
    });
  });
});

describe('a sample of what is verified', () => {
  test('finds what is at Learnosity again, and warns', async () => {
    lab.fake.script({
      fault: 'reappearance',
      min: 2_000,
      max: 2_000,
      match: { endpoint: 'deletion' },
      items: [mine[3] ?? ''],
    });
    await lab.replica([consumer({ sampleAfterMs: [3_000, 6_000] })]);
    const id = await deleted(mine.slice(0, 40));
    expect(await verified(id)).toMatchObject({ verification: { verified: 40, reappeared: 0 } });
    const view = await eventually(
      async () => {
        const now = await lab.view(id);
        if (now.verification?.reappeared !== 1) throw new Error(JSON.stringify(now));
        return now;
      },
      { timeoutMs: 15_000 },
    );
    expect(view.verification).toMatchObject({ state: 'done', verified: 40, stillThere: 0, reappeared: 1 });
    const { items } = await lab.client.listItems(id, 'stillThere');
    expect(items).toEqual([{ item: mine[3], code: 'reappeared', message: expect.any(String) }]);
  });
});
