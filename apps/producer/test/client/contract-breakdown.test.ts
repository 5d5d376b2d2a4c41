import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RequestReader, Selections, SessionQueue } from '@session-queue/core/client';
import { leakGuard } from '@session-queue/testing';
import { BothWays, refusalOf, ways } from './both-ways.ts';

leakGuard();

let both: BothWays;
beforeAll(async () => {
  both = await BothWays.start();
});
afterAll(() => both.stop());

const filter = { completed: { to: '2024-01-01T00:00:00Z' } };
const breakdown = { by: 'activityId' as const, values: ['a1', 'a2'] };

describe.each(ways)('a breakdown over %s', (way) => {
  let queue: SessionQueue & Selections & RequestReader;
  beforeEach(async () => {
    await both.redis.flushall();
    queue = both.queue(way);
  });

  test('is shown with its selection, from the first value to what is of none', async () => {
    const made = await queue.select({ filter, breakdown });
    const none = breakdown.values.map((value) => ({ value, count: 0 }));
    expect(made.breakdown).toEqual({ by: 'activityId', walked: 0, pages: 0, values: none });
    await both.find(made.id, ['s0', 's1', 's2', 's3']);
    const share = { digest: expect.stringMatching(/^[0-9a-f]{64}$/) };
    const ready = await queue.getSelection(made.id);
    expect(ready).toMatchObject({ state: 'ready', count: 4 });
    expect(ready.breakdown).toEqual({
      by: 'activityId',
      walked: 2,
      pages: 2,
      values: [
        { value: 'a1', count: 3, inSelection: 2, ...share },
        { value: 'a2', count: 2, inSelection: 1, ...share },
      ],
      other: 1,
    });
    expect((await queue.listSelections()).selections).toEqual([ready]);
    const chosen = { selection: made.id, expectDigest: ready.digest ?? '', expectCount: 4 };
    expect(await queue.deleteSelection(chosen)).toMatchObject({ counts: { total: 4 } });
  });

  test('by status is by all of them', async () => {
    const { breakdown: view } = await queue.select({ filter, breakdown: { by: 'status' } });
    expect(view?.values.map(({ value }) => value)).toEqual(['Incomplete', 'Completed', 'Discarded', 'Pending Scoring']);
  });

  test('makes another selection of it', async () => {
    const asked = { id: `${way}-1`, filter, breakdown };
    expect(await queue.select(asked)).toEqual(await queue.select(asked));
    for (const other of [undefined, { by: 'status' as const }, { ...breakdown, values: ['a2', 'a1'] }]) {
      const call = queue.select({ id: `${way}-1`, filter, ...(other && { breakdown: other }) });
      expect(await refusalOf(call)).toMatchObject({ code: 'id_taken' });
    }
  });

  test('without values that anything names is refused', async () => {
    const refusal = await refusalOf(queue.select({ filter, breakdown: { by: 'userId' } }));
    expect(refusal).toMatchObject({ code: 'invalid', field: 'breakdown.values' });
  });
});
