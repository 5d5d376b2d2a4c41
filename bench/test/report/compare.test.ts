import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Figure, Result } from '../../src/benchmark.ts';
import { compare, holds } from '../../src/report/compare.ts';

const figure = (name: string, value: number, more: Partial<Figure> = {}): Figure => {
  return { name, value, unit: '', isRatio: true, better: 'higher', ...more };
};
const result = (figures: Figure[], parameters: Result['parameters'] = { seconds: 30 }, benchmark = 'quota-used') => {
  return { benchmark, parameters, figures, tables: [], notes: [] };
};

describe('a ratio', () => {
  test('that fell by more than a tenth fails, and is named', () => {
    const comparison = compare([result([figure('share', 1)])], [result([figure('share', 0.89)])]);
    expect(comparison.fallen).toMatchObject([{ benchmark: 'quota-used', figure: 'share', before: 1, after: 0.89 }]);
    expect(comparison.fallen[0]?.worse).toBeCloseTo(0.11);
    expect(holds(comparison)).toBe(false);
  });

  test('that fell by a tenth or less, or rose, does not', () => {
    for (const now of [0.9, 0.95, 1, 7]) {
      expect(holds(compare([result([figure('share', 1)])], [result([figure('share', now)])]))).toBe(true);
    }
  });

  test('that had better be low fails when it rises', () => {
    const cost = (value: number) => result([figure('cost', value, { better: 'lower' })]);
    expect(holds(compare([cost(1)], [cost(1.11)]))).toBe(false);
    expect(holds(compare([cost(1)], [cost(0.5)]))).toBe(true);
  });

  test('that is measured no more fails', () => {
    const comparison = compare([result([figure('share', 1), figure('old', 1)])], [result([figure('share', 1)])]);
    expect(comparison.missing).toEqual(['quota-used: old']);
    expect(holds(comparison)).toBe(false);
  });

  test('that came to no number fails', () => {
    expect(holds(compare([result([figure('share', 1)])], [result([figure('share', Number.NaN)])]))).toBe(false);
  });

  test('of nothing that became something fails', () => {
    const refused = (value: number) => result([figure('refused', value, { better: 'lower' })]);
    expect(holds(compare([refused(0)], [refused(1)]))).toBe(false);
    expect(holds(compare([refused(0)], [refused(0)]))).toBe(true);
  });
});

test('a figure that is no ratio is shown, and never fails', () => {
  const time = (value: number) => figure('time', value, { isRatio: false, better: 'lower', unit: 's' });
  const comparison = compare([result([figure('share', 1), time(1)])], [result([figure('share', 1), time(9)])]);
  expect(comparison.changes.map(({ figure: name, worse }) => [name, worse])).toEqual([
    ['share', 0],
    ['time', 8],
  ]);
  expect(holds(comparison)).toBe(true);
});

test('what was a ratio, and has been found to be too unsteady, fails no more', () => {
  const now = figure('share', 0.1, { isRatio: false });
  const comparison = compare([result([figure('share', 1), figure('calls', 1)])], [result([now, figure('calls', 1)])]);
  expect(comparison.fallen).toEqual([]);
  expect(holds(comparison)).toBe(true);
});

test('figures of one name and two units are told apart', () => {
  const two = (bytes: number, commands: number) =>
    result([figure('request', bytes, { unit: 'bytes' }), figure('request', commands, { unit: 'commands' })]);
  expect(compare([two(1_000, 20)], [two(1_000, 20)]).changes.map(({ worse }) => worse)).toEqual([0, 0]);
});

describe('a benchmark', () => {
  test('that ran with other parameters is not compared, fails, and they are named', () => {
    const before = [result([figure('share', 1)], { seconds: 30, peers: ['plain'] })];
    const comparison = compare(before, [
      result([figure('share', 0.1)], { seconds: 60, peers: ['plain'], kind: 'both' }),
    ]);
    expect(comparison.changes).toEqual([]);
    expect(comparison.differing).toEqual([
      'quota-used ran with other parameters: seconds 30 -> 60, kind not set -> "both"',
    ]);
    expect(holds(comparison)).toBe(false);
  });

  test('that ran with other parameters fails beside another that holds', () => {
    const calls = result([figure('calls', 1)], {}, 'few-calls');
    const comparison = compare(
      [result([figure('share', 1)], { seconds: 30 }), calls],
      [result([figure('share', 1)], { seconds: 60 }), calls],
    );
    expect(comparison.changes).toHaveLength(1);
    expect(holds(comparison)).toBe(false);
  });

  test('that was not run is named, and the others are compared', () => {
    const before = [result([figure('share', 1)]), result([figure('calls', 1)], {}, 'few-calls')];
    const comparison = compare(before, [result([figure('share', 1)])]);
    expect(comparison.left).toEqual(['few-calls was not run']);
    expect(holds(comparison)).toBe(true);
  });

  test('with parameters as a file gives them back is the same', () => {
    const before = [result([figure('share', 1)], { seconds: 30 })];
    expect(compare(before, [result([figure('share', 1)], { seconds: 30, only: undefined })]).differing).toEqual([]);
  });
});

test('where nothing can be compared, nothing is said to hold', () => {
  expect(holds(compare([result([figure('share', 1)], { seconds: 8 })], [result([figure('share', 1)])]))).toBe(false);
  expect(holds(compare([], [result([figure('share', 1)])]))).toBe(false);
});

test('results beside themselves hold', () => {
  const value = fc.double({ min: 0, max: 1e9, noNaN: true });
  const some = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(some, value, fc.constantFrom('higher' as const, 'lower' as const), (names, at, better) => {
      const run = [result(names.map((name) => figure(name, at, { better })))];
      expect(holds(compare(run, run))).toBe(true);
    }),
  );
});
