import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consumerKeys } from '@session-queue/core/engine';
import { leakGuard } from '@session-queue/testing';
import { chartData } from '../src/overview/chart-data.ts';
import { ChartHistory } from '../src/overview/chart-history.ts';
import { chartTable } from '../src/overview/chart-table.ts';
import { startDashboard, type TestDashboard } from './harness/dashboard.ts';
import { lane, overview } from './harness/lanes.ts';

leakGuard();

const minute = 60_000;
const now = Date.UTC(2026, 2, 1, 12);

describe('The charts of the last hours', () => {
  let dashboard: TestDashboard;

  beforeAll(async () => {
    dashboard = await startDashboard({ users: [] });
  });

  afterAll(async () => await dashboard.stop());

  /** Samples as workers keep them: pending, claimed, submitted, succeeded, failed, calls, 429s. */
  async function sample(consumer: string, minutesAgo: number, ...figures: number[]): Promise<void> {
    const { base } = consumerKeys(dashboard.redis, dashboard.prefix, consumer);
    await dashboard.redis.rpush(`${base}deletion:history`, [now / minute - minutesAgo, ...figures].join(' '));
  }

  const ended = (succeeded: number) => ({ succeeded, failed: 0, cancelled: 0 });

  it('add up all consumers, minute by minute, and read only what is new', async () => {
    const history = new ChartHistory(dashboard.redis, dashboard.prefix);
    await sample('a', 3, 300, 0, 0, 1_000, 0, 20, 0);
    await sample('a', 2, 200, 0, 0, 1_100, 5, 23, 1);
    await sample('b', 2, 50, 0, 0, 10, 0, 1, 0);
    await sample('b', 1, 20, 0, 0, 40, 0, 2, 0);
    const lanes = [
      lane({ consumer: 'a', ended: ended(1_100), calls: 23 }),
      lane({ consumer: 'b', ended: ended(40), calls: 2 }),
    ];
    await history.refresh(lanes, now);
    const told = () => history.minutes(now).map(({ at, deletion }) => ({ ago: (now - at) / minute, ...deletion }));
    expect(told()).toEqual([
      { ago: 3, done: 105, calls: 3, tooMany: 1, allowed: 60, pending: 300 },
      { ago: 2, done: 30, calls: 1, tooMany: 0, allowed: 60, pending: 250 },
      { ago: 1, done: 0, calls: 0, tooMany: 0, allowed: 0, pending: 20 },
    ]);
    await sample('a', 1, 100, 0, 0, 1_200, 5, 25, 1);
    await history.refresh(lanes, now + 1_000);
    expect(told()[1]).toMatchObject({ done: 30 });
    await history.refresh(lanes, now + 31_000);
    expect(told()[1]).toEqual({ ago: 2, done: 130, calls: 3, tooMany: 0, allowed: 120, pending: 250 });
  });

  it('have what a lane did before it fell silent, in its last minute', async () => {
    const history = new ChartHistory(dashboard.redis, dashboard.prefix);
    await sample('c', 10, 70, 0, 0, 0, 0, 0, 0);
    const done = [lane({ consumer: 'c', ended: ended(70), calls: 2 })];
    await history.refresh(done, now);
    await history.refresh(done, now + 31_000);
    expect(history.minutes(now)[0]?.deletion).toMatchObject({ done: 70, calls: 2 });
    expect(history.minutes(now)).toHaveLength(10);
  });

  it('stand in a table as well, half an hour a row', () => {
    const kind = { done: 10, calls: 2, tooMany: 1, allowed: 60, pending: 5 };
    const minutes = Array.from({ length: 45 }, (_, i) => ({
      at: now + i * minute,
      deletion: kind,
      resubmission: { ...kind, done: 1 },
    }));
    const text = chartTable(overview({ minutes, readAt: now + 45 * minute })).text;
    const rows = [...text.matchAll(/<th scope="row" data-label="From">([^<]*)<\/th>\s*(.*?)<\/tr>/gs)].map(
      ([, from, cells = '']) => [from, ...[...cells.matchAll(/>([\d,]+)</g)].map(([, number]) => number)],
    );
    expect(rows).toEqual([
      ['12:30 UTC', '150', '15', '60', '30', '10'],
      ['12:00 UTC', '300', '30', '120', '60', '10'],
    ]);
    expect(chartTable(overview()).text).toContain('Nothing was open within the last six hours.');
  });

  it('are drawn from as many numbers as there are minutes', async () => {
    const kind = { done: 1, calls: 2, tooMany: 3, allowed: 60, pending: 4 };
    const charts = chartData([{ at: now, deletion: kind, resubmission: kind }]);
    const page = await (await fetch(dashboard.url)).text();
    for (const { id, seconds, series } of charts) {
      expect(page).toContain(`<div class="plot" id="${id}" role="img"`);
      expect(seconds).toEqual([now / 1_000]);
      for (const line of series) expect(line).toHaveLength(1);
    }
    expect(charts.map(({ series }) => series.flat())).toEqual([
      [1, 1],
      [4, 4],
      [2, 60, 3],
      [2, 60, 3],
    ]);
    const answer = await fetch(`${dashboard.url}/charts.json`);
    expect(await answer.json()).toHaveLength(4);
  });
});
