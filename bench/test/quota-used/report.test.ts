import { describe, expect, test } from '@jest/globals';
import { parseDelay } from '../../src/lab/delay.ts';
import { peers } from '../../src/quota-used/contenders.ts';
import type { Finish, RaceResult } from '../../src/quota-used/race.ts';
import { report } from '../../src/quota-used/report.ts';

const finish = (title: string, share: number, processes = 1): Finish => {
  return { title, processes, share, itemsPerSecond: share * 50, refused429: 0, mostInWindow: 5 };
};
const race = (others: Finish[]): RaceResult => ({
  kind: 'deletion',
  seconds: 30,
  replicas: 4,
  delay: parseDelay('20-320'),
  peers: ['script', 'limiter-with-margin'],
  use: { roundTripMs: 170, lagMs: 5, ofBound: 0.999 },
  own: finish('Session Queue', 0.96, 4),
  others,
});
const beside = (others: Finish[]) =>
  report([race(others)], {}).figures.find(({ name }) => name.startsWith("quota used, of the best peer's"));

describe('the verdict beside peers', () => {
  test('is over the best of them', () => {
    expect(beside([finish('one', 0.8), finish('other', 0.98)])?.target).toEqual({
      words: 'ahead of every peer',
      met: false,
    });
  });

  test('leaves out by name whoever has no rate', () => {
    const figure = beside([finish('one', 0.8), finish('slow', Number.NaN)]);
    expect(figure?.value).toBeCloseTo(0.96 / 0.8);
    expect(figure?.target).toEqual({ words: "ahead of every peer but 'slow'", met: true });
    const { notes, charts } = report([race([finish('one', 0.8), finish('slow', Number.NaN)])], {});
    expect(notes).toContainEqual(expect.stringContaining("too few calls of 'slow'"));
    expect(charts?.[0]).toMatchObject({ bars: [{}, {}, { label: 'slow, 1\u00a0process', value: 0 }] });
  });

  test('is not there when nobody has a rate', () => {
    expect(beside([finish('slow', Number.NaN)])).toBeUndefined();
  });
});

test('each row and bar says how many processes ran', () => {
  const { tables, charts } = report([race([finish('one', 0.8)])], {});
  expect(tables[0]?.title).not.toContain('replicas');
  expect(tables[0]?.rows.map((row) => row.slice(0, 2))).toEqual([
    ['Session Queue', 4],
    ['one', 1],
  ]);
  expect(charts?.[0]).toMatchObject({
    bars: [{ label: 'Session Queue, 4\u00a0processes' }, { label: 'one, 1\u00a0process' }],
  });
});

test('the share of the quota stands beside the bound, and fails no run', () => {
  const figure = report([race([])], {}).figures.find(({ name }) => name.startsWith('share of the quota / bound'));
  expect(figure).toMatchObject({ isRatio: false });
  expect(figure?.value).toBeCloseTo((0.96 * 5_170) / 5_000);
});

test('the margin of the peer that knows its network is the spread of one way, and little where there is none', () => {
  const margins = ['20-320', '5-20', '400@server'].map((text) =>
    peers['limiter-with-margin'].marginMs?.(parseDelay(text)),
  );
  expect(margins).toEqual([155, 12.5, 5]);
  expect(peers.limiter).not.toHaveProperty('marginMs');
});
