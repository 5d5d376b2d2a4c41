import { describe, expect, test } from '@jest/globals';
import { benchmarks } from '../src/benchmarks/all.ts';
import { parametersOf } from '../src/benchmarks/parameters.ts';
import { readCommandLine } from '../src/command-line.ts';

const read = (...given: string[]) => readCommandLine(benchmarks, ['node', 'bench', ...given]);

describe('the command line', () => {
  test('runs all in their default size when it says nothing', () => {
    expect(read()).toMatchObject({ size: 'default', names: [], compareWith: undefined, drawFrom: undefined });
    expect(read().out).toMatch(/bench\/results\/latest\.json$/);
  });

  test('chooses benchmarks, a size and files', () => {
    const asked = read('--quick', 'idle', 'growth', '--compare', 'before.json', '--out', 'now.json');
    expect(asked).toMatchObject({
      size: 'quick',
      names: ['idle', 'growth'],
      compareWith: 'before.json',
      out: 'now.json',
    });
    expect(read('--charts', 'run.json').drawFrom).toBe('run.json');
  });

  test('sets parameters, lists and empty ones among them', () => {
    const { parameters } = read('quota-used', '--set', 'seconds=8', 'peers=', '--set', 'latency=5-20,400@server');
    expect([...parameters]).toEqual([
      ['seconds', '8'],
      ['peers', ''],
      ['latency', '5-20,400@server'],
    ]);
  });
});

test('each benchmark says what may be set', () => {
  expect(Object.keys(parametersOf).toSorted()).toEqual(benchmarks.map(({ name }) => name).toSorted());
});
