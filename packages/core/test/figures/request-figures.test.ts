import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { readRequestFigures } from '../../src/figures/request-figures.ts';
import { ids, Lab } from '../lanes/lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

describe('the figures of a request', () => {
  test('are empty of one that nobody knows', async () => {
    expect(await readRequestFigures(lab.keys, 'nobody', 200)).toEqual({ codes: [], batches: [], olderBatches: 0 });
  });

  test('tell its batches, the newest first, and its failures by code, and no item', async () => {
    const lane = lab.lane();
    const items = ids(100);
    await lab.request('r', items);
    const { reference } = await lab.submit(lane, 'one');
    const outcomes = ids(50).map((_, i) => (i < 3 ? ('failed' as const) : ('succeeded' as const)));
    await lane.resolve('one', { reference }, { outcomes, code: '20016', message: 'unknown' });
    await lab.submit(lane, 'two');
    const figures = await readRequestFigures(lab.keys, 'r', 200);
    expect(figures.codes).toEqual([{ list: 'failed', code: '20016', items: 3 }]);
    expect(figures.batches).toEqual([
      expect.objectContaining({ id: 'two', state: 'submitted', size: 50, ownItems: 50, settledAt: undefined }),
      expect.objectContaining({ id: 'one', state: 'settled', size: 50, ownItems: 50, reference, lastCode: '20016' }),
    ]);
    const [, one] = figures.batches;
    expect(one?.settledAt).toBeGreaterThanOrEqual(one?.createdAt ?? Number.NaN);
    const told = JSON.stringify(figures);
    expect(items.filter((item) => told.includes(item))).toEqual([]);
  });

  test('count only its own items of a batch, and older batches by their number', async () => {
    const lane = lab.lane();
    await lab.request('r', ids(55));
    await lab.submit(lane, 'one');
    await lab.request('s', ids(45));
    await lab.submit(lane, 'two');
    const { batches, olderBatches } = await readRequestFigures(lab.keys, 'r', 1);
    expect(batches).toEqual([expect.objectContaining({ id: 'two', size: 50, ownItems: 5 })]);
    expect(olderBatches).toBe(1);
  });
});
