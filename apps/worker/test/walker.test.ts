import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Refusal } from '@session-queue/core';
import type { SelectionView } from '@session-queue/core/client';
import { eventually, leakGuard } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
const mine = ids(120);
const others = ids(30, 1_000);

beforeEach(async () => {
  lab = await Lab.start();
  lab.fake.giveSessions([
    ...mine.map((sessionId) => ({ sessionId, userId: 'learner', metadata: {} })),
    ...others.map((sessionId) => ({ sessionId, userId: 'somebody else', metadata: {} })),
    // Without metadata it never shows, and nobody can choose it by any.
    { sessionId: ids(1, 5_000)[0] ?? '', userId: 'learner', metadata: null },
  ]);
});
afterEach(() => lab.stop());

const filter = { userIds: ['learner'] };

async function until(id: string, state: SelectionView['state']): Promise<SelectionView> {
  return await eventually(
    async () => {
      const view = await lab.client.getSelection(id);
      if (view.state !== state) throw new Error(JSON.stringify(view));
      return view;
    },
    { timeoutMs: 20_000 },
  );
}

async function found(id: string): Promise<string[]> {
  const all: string[] = [];
  for await (const some of lab.client.selectedSessions(id)) all.push(...some);
  return all;
}

const metadataCalls = () => lab.fake.books().consumers.key?.metadata.received ?? 0;

describe('a selection', () => {
  test('finds what its filter selects, to the empty page, and deletes nothing', async () => {
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, reason: 'end of term' });
    const view = await until(id, 'ready');
    expect(view).toMatchObject({ count: 120, shown: 120, pages: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await found(id)).toSorted()).toEqual(mine);
    expect(lab.fake.books().sessions.deleted).toBe(0);
  });

  test('is what is deleted, and nothing else', async () => {
    await lab.replica([lab.fastConsumer()]);
    const { id } = await lab.client.select({ filter });
    const { digest = '', count } = await until(id, 'ready');
    const chosen = { selection: id, expectDigest: digest, expectCount: count };
    const request = await lab.client.deleteSelection({ ...chosen, reason: 'end of term' });
    expect(await lab.end(request.id)).toMatchObject({ state: 'completed', counts: { total: 120, succeeded: 120 } });
    const left = [...lab.fake.sessions()].filter(({ exists }) => exists).map(({ sessionId }) => sessionId);
    expect(left.toSorted()).toEqual([...others, ...ids(1, 5_000)].toSorted());
  });

  test.each([
    ['digest', { expectDigest: '0'.repeat(64) }],
    ['count', { expectCount: 119 }],
  ])('is not deleted by whoever has seen another %s, and nothing of it is kept', async (_what, wrong) => {
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter });
    const { digest = '', count } = await until(id, 'ready');
    const chosen = { selection: id, expectDigest: digest, expectCount: count, ...wrong };
    await expect(lab.client.deleteSelection(chosen)).rejects.toMatchObject({ code: 'conflict' });
    expect((await lab.client.listRequests()).requests).toEqual([]);
  });

  test('that still walks, or is cancelled, is not deleted', async () => {
    const { id } = await lab.client.select({ filter });
    const chosen = { selection: id, expectDigest: '0'.repeat(64), expectCount: 0 };
    const refused = { code: 'conflict', message: expect.stringContaining('only one that is ready') };
    await expect(lab.client.deleteSelection(chosen)).rejects.toMatchObject(refused);
    await lab.client.cancelSelection(id);
    await expect(lab.client.deleteSelection(chosen)).rejects.toMatchObject(refused);
  });

  test('that lost a session since is not deleted', async () => {
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter });
    const { digest = '', count } = await until(id, 'ready');
    await lab.redis.lpop(`session-queue:{default}:selection:${id}:items`);
    const deleting = lab.client.deleteSelection({ selection: id, expectDigest: digest, expectCount: count });
    await expect(deleting).rejects.toThrow(Refusal);
    expect((await lab.client.listRequests()).requests).toEqual([]);
  });

  test('keeps the metadata of what it finds on wish, and none else', async () => {
    const sessionId = ids(1, 7_000)[0] ?? '';
    const metadata = { course: 'maths', marks: [1, 2] };
    lab.fake.giveSessions([{ sessionId, userId: 'another learner', metadata }]);
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter: { userIds: ['another learner'] }, keepMetadata: true });
    expect(await until(id, 'ready')).toMatchObject({ count: 1, keepMetadata: true });
    const lines: string[] = [];
    for await (const some of lab.client.selectedMetadata(id)) lines.push(...some);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { user_id: 'another learner', session_id: sessionId, metadata },
    ]);
    const { id: plain } = await lab.client.select({ filter });
    await until(plain, 'ready');
    expect(await lab.redis.keys('*:selection:*:metadata')).toEqual([
      `session-queue:{default}:selection:${id}:metadata`,
    ]);
  });

  test('that keeps metadata fails, and says why, where memory is short', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 1_000, max: 1_000 });
    // First of all: what a replica takes to start is more than is left then.
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, keepMetadata: true });
    const used = Number(/used_memory:(\d+)/.exec(await lab.redis.info('memory'))?.[1]);
    await lab.redis.config('SET', 'maxmemory', Math.round(used / 0.85));
    try {
      const { error } = await until(id, 'failed');
      expect(error).toMatchObject({ code: 'memory_short', message: expect.stringContaining('without keepMetadata') });
    } finally {
      await lab.redis.config('SET', 'maxmemory', 0);
    }
  });

  test('of nothing is ready, and cannot be deleted', async () => {
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter: { userIds: ['nobody'] } });
    const { count, digest = '' } = await until(id, 'ready');
    expect(count).toBe(0);
    const deleting = lab.client.deleteSelection({ selection: id, expectDigest: digest, expectCount: 0 });
    await expect(deleting).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('empty') });
  });
});

describe('a walk', () => {
  test('goes on where another replica left it, and no page is read twice', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 300, max: 300 });
    const first = await lab.replica([lab.consumer()], { drainGraceMs: 100 });
    const { id } = await lab.client.select({ filter });
    await eventually(async () => (await lab.client.getSelection(id)).pages > 0 || undefined, { timeoutMs: 10_000 });
    const hanging = lab.fake.script({ fault: 'hang', match: { endpoint: 'metadata' }, times: 1 });
    await eventually(() => Promise.resolve(hanging.struck() > 0 || undefined), { timeoutMs: 10_000 });
    const { pages, state } = await lab.client.getSelection(id);
    expect(state).toBe('walking');
    const before = metadataCalls();
    await first.stop();
    await lab.redis.zadd('session-queue:{default}:walks', 1, id);
    await lab.replica([lab.consumer()]);
    expect(await until(id, 'ready')).toMatchObject({ count: 120, pages: 3 });
    // The pages that are left, and the empty one.
    expect(metadataCalls() - before).toBe(3 - pages + 1);
    expect((await found(id)).toSorted()).toEqual(mine);
  });

  test('waits out a 429, a fault of Learnosity and a page that cannot be read, and says so meanwhile', async () => {
    const match = { endpoint: 'metadata' } as const;
    lab.fake.script({ fault: 'error', match, status: 503, code: 50_100, message: 'down', times: 1 });
    lab.fake.script({ fault: 'html', match, times: 1 });
    lab.fake.script({ fault: 'error', match, status: 429, code: 42_000, message: 'Too many requests', times: 1 });
    const quotas = { ...lab.consumer().quotas, metadata: { calls: 5, windowMs: 500 } };
    await lab.replica([lab.consumer({ quotas })]);
    const { id } = await lab.client.select({ filter });
    await eventually(async () => ((await lab.client.getSelection(id)).waiting ? true : undefined));
    const view = await until(id, 'ready');
    expect(view).toMatchObject({ count: 120 });
    expect(view.waiting).toBeUndefined();
  });

  test('fails where Learnosity refuses the filter, and holds no id in what it says', async () => {
    const [bad = ''] = mine;
    const match = { endpoint: 'metadata' } as const;
    lab.fake.script({ fault: 'error', match, status: 400, code: 20_001, message: `no such session ${bad}` });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter: { sessionIds: [bad] } });
    const { error } = await until(id, 'failed');
    expect(error).toMatchObject({ code: '20001' });
    expect(error?.message).not.toContain(bad);
  });

  test('fails at once where a page with sessions leads nowhere: what was found is not all', async () => {
    lab.fake.script({ fault: 'wrongNext', match: { endpoint: 'metadata' }, next: 'none' });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter });
    const { error, digest } = await until(id, 'failed');
    expect(error).toMatchObject({ code: 'UNREADABLE', message: expect.stringContaining('do not lead to an end') });
    expect(digest).toBeUndefined();
  });

  test.each(['same', 'first'] as const)('fails where a page leads to itself for good: next is %s', async (next) => {
    const wrong = lab.fake.script({ fault: 'wrongNext', match: { endpoint: 'metadata' }, next });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter });
    const record = `session-queue:{default}:selection:${id}`;
    await eventually(async () => (await lab.client.getSelection(id)).waiting?.code === 'UNREADABLE' || undefined);
    // As if it had gone on for minutes; one time less, and it is tried again.
    await lab.redis.hset(record, 'failures', 8);
    await eventually(async () => (await lab.redis.hget(record, 'failures')) === '9' || undefined, {
      timeoutMs: 10_000,
    });
    expect(await lab.client.getSelection(id)).toMatchObject({ state: 'walking' });
    await lab.redis.zadd('session-queue:{default}:walks', 1, id);
    await until(id, 'failed');
    expect(wrong.struck()).toBeGreaterThan(2);
  });

  test('forgets failures of pages before: one that cannot be read is tried again', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 300, max: 300 });
    const { id } = await lab.client.select({ filter });
    await lab.redis.hset(`session-queue:{default}:selection:${id}`, 'failures', 9);
    await lab.replica([lab.consumer()]);
    await eventually(async () => (await lab.client.getSelection(id)).pages > 0 || undefined);
    const unreadable = lab.fake.script({ fault: 'badJson', match: { endpoint: 'metadata' }, times: 1 });
    expect(await until(id, 'ready')).toMatchObject({ count: 120 });
    expect(unreadable.struck()).toBe(1);
  });

  test('ends when it is cancelled', async () => {
    const held = lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 300, max: 300 });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter });
    await eventually(() => Promise.resolve(held.struck() > 0 || undefined));
    expect(await lab.client.cancelSelection(id)).toMatchObject({ state: 'cancelled' });
    const after = metadataCalls();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(metadataCalls() - after).toBeLessThanOrEqual(1);
    await expect(found(id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await lab.redis.exists(`session-queue:{default}:selection:${id}:items`)).toBe(0);
  });
});
