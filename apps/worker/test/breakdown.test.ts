import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BreakdownInput, SelectionView } from '@session-queue/core';
import { eventually, leakGuard } from '@session-queue/testing';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
const completed = ids(120);
const discarded = ids(30, 1_000);
const incomplete = ids(5, 2_000);

beforeEach(async () => {
  lab = await Lab.start();
  const of = (status: 'Completed' | 'Discarded' | 'Incomplete', activityId: string) => (sessionId: string) =>
    ({ sessionId, userId: 'learner', activityId, status, metadata: {} }) as const;
  lab.fake.giveSessions([
    ...completed.map(of('Completed', 'maths')),
    ...discarded.map(of('Discarded', 'maths')),
    ...incomplete.map(of('Incomplete', 'music')),
  ]);
});
afterEach(() => lab.stop());

const filter = { userIds: ['learner'] };
const metadataCalls = () => lab.fake.books().consumers.key?.metadata.received ?? 0;

async function ready(id: string): Promise<SelectionView> {
  return await eventually(
    async () => {
      const view = await lab.client.getSelection(id);
      if (view.state !== 'ready') throw new Error(JSON.stringify(view));
      return view;
    },
    { timeoutMs: 20_000 },
  );
}

async function select(breakdown?: BreakdownInput, more: object = filter): Promise<SelectionView> {
  return await ready((await lab.client.select({ filter: more, ...(breakdown && { breakdown }) })).id);
}

/** What is in the selection of each value, in their order. */
function sharesOf({ breakdown }: SelectionView): [string, number | undefined][] {
  return breakdown?.values.map(({ value, inSelection }) => [value, inSelection]) ?? [];
}

/** Waits until the walk of a value has come to a page. */
async function atValue(id: string, walked: number): Promise<void> {
  const isThere = async () => {
    const { breakdown } = await lab.client.getSelection(id);
    return (breakdown?.walked === walked && (breakdown.values[walked]?.count ?? 0) > 0) || undefined;
  };
  await eventually(isThere, { timeoutMs: 20_000 });
}

describe('a breakdown', () => {
  test('tells how many of the sessions are of each status, and changes nothing about what is deleted', async () => {
    await lab.replica([lab.fastConsumer()]);
    const plain = await select();
    const view = await select({ by: 'status' });
    expect(view).toMatchObject({ count: 155, pages: 4, shown: 155, digest: plain.digest });
    expect(sharesOf(view)).toEqual([
      ['Incomplete', 5],
      ['Completed', 120],
      ['Discarded', 30],
      ['Pending Scoring', 0],
    ]);
    expect(view.breakdown).toMatchObject({ walked: 4, pages: 5, other: 0 });
    expect(lab.fake.books().sessions.deleted).toBe(0);
    const chosen = { selection: view.id, expectDigest: view.digest ?? '', expectCount: view.count };
    const request = await lab.client.deleteSelection(chosen);
    expect(await lab.end(request.id)).toMatchObject({ state: 'completed', counts: { total: 155, succeeded: 155 } });
  });

  test('says of a value the digest of a selection of its sessions alone', async () => {
    await lab.replica([lab.consumer()]);
    const { breakdown } = await select({ by: 'activityId', values: ['music', 'maths'] });
    for (const { value, digest, count } of breakdown?.values ?? []) {
      expect(await select(undefined, { ...filter, activityIds: [value] })).toMatchObject({ digest, count });
    }
    expect(breakdown?.values.map(({ count }) => count)).toEqual([5, 150]);
  });

  test('walks the values that its filter names alone, and counts what is of none of them', async () => {
    await lab.replica([lab.consumer()]);
    const before = metadataCalls();
    const statuses = ['Completed', 'Discarded'] as const;
    const view = await select({ by: 'status', values: ['Discarded', 'Incomplete'] }, { ...filter, statuses });
    expect(sharesOf(view)).toEqual([
      ['Discarded', 30],
      ['Incomplete', 0],
    ]);
    expect(view.breakdown?.other).toBe(120);
    // Three pages of the selection and one of the value, each with the empty page behind it; nothing asks for the incomplete ones.
    expect(metadataCalls() - before).toBe(4 + 2);
  });

  test('goes on where another replica left it, and no page is read twice', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 200, max: 200 });
    const first = await lab.replica([lab.consumer()], { drainGraceMs: 100 });
    const { id } = await lab.client.select({ filter, breakdown: { by: 'status' } });
    await atValue(id, 1);
    const hanging = lab.fake.script({ fault: 'hang', match: { endpoint: 'metadata' }, times: 1 });
    await eventually(() => Promise.resolve(hanging.struck() > 0 || undefined), { timeoutMs: 10_000 });
    const pagesRead = (await lab.client.getSelection(id)).breakdown;
    expect(pagesRead).toMatchObject({ walked: 1 });
    const before = metadataCalls();
    await first.stop();
    await lab.redis.zadd('session-queue:{default}:walks', 1, id);
    await lab.replica([lab.consumer()]);
    const view = await ready(id);
    expect(sharesOf(view).map(([, share]) => share)).toEqual([5, 120, 30, 0]);
    expect(view.breakdown).toMatchObject({ pages: 5, other: 0 });
    // The pages that are left, and the empty one of each value that is.
    expect(metadataCalls() - before).toBe(5 - (pagesRead?.pages ?? 0) + 3);
  });

  test('takes what came since for no part of the selection', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 200, max: 200 });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, breakdown: { by: 'status' } });
    await atValue(id, 0);
    const [late = ''] = ids(1, 9_000);
    lab.fake.giveSessions([{ sessionId: late, userId: 'learner', status: 'Discarded', metadata: {} }]);
    const view = await ready(id);
    expect(view.count).toBe(155);
    expect(view.breakdown?.values[2]).toMatchObject({ value: 'Discarded', count: 31, inSelection: 30 });
    const found: string[] = [];
    for await (const some of lab.client.selectedSessions(id)) found.push(...some);
    expect(found).not.toContain(late);
  });

  test('of which Learnosity refuses a value says so, and the selection is ready all the same', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 200, max: 200 });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, breakdown: { by: 'status' } });
    await atValue(id, 1);
    const match = { endpoint: 'metadata' } as const;
    const token = async () => await lab.redis.hget(`session-queue:{default}:selection:${id}`, 'token');
    const holder = await token();
    lab.fake.script({ fault: 'error', match, status: 400, code: 20_001, message: 'no such filter', times: 1 });
    await atValue(id, 2);
    // In the same turn: to take it up again is to read anew all that was found.
    expect(await token()).toBe(holder);
    const view = await ready(id);
    expect(view).toMatchObject({ count: 155, digest: expect.any(String) });
    expect(view.breakdown?.values[1]).toMatchObject({ value: 'Completed', error: { code: '20001' } });
    expect(sharesOf(view).map(([, share]) => share)).toEqual([5, undefined, 30, 0]);
    expect(view.breakdown?.other).toBeUndefined();
  });

  test('waits out a fault of Learnosity, and says so meanwhile', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 200, max: 200 });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, breakdown: { by: 'activityId', values: ['maths'] } });
    await atValue(id, 0);
    const match = { endpoint: 'metadata' } as const;
    lab.fake.script({ fault: 'error', match, status: 503, code: 50_100, message: 'down', times: 1 });
    await eventually(async () => ((await lab.client.getSelection(id)).waiting ? true : undefined));
    expect(sharesOf(await ready(id))).toEqual([['maths', 150]]);
  });

  test('ends with its selection when that is cancelled', async () => {
    lab.fake.script({ fault: 'latency', match: { endpoint: 'metadata' }, min: 200, max: 200 });
    await lab.replica([lab.consumer()]);
    const { id } = await lab.client.select({ filter, breakdown: { by: 'status' } });
    await atValue(id, 0);
    expect(await lab.client.cancelSelection(id)).toMatchObject({ state: 'cancelled' });
    const after = metadataCalls();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(metadataCalls() - after).toBeLessThanOrEqual(1);
    expect(await lab.redis.keys(`*:selection:${id}:*`)).toEqual([]);
  });
});
