import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Benchmark } from '../src/benchmark.ts';
import type { Asked } from '../src/command-line.ts';
import { readResults } from '../src/report/results-file.ts';
import { run } from '../src/run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-run-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const asked = (more: Partial<Asked> = {}): Asked => ({
  size: 'default',
  names: [],
  parameters: new Map(),
  out: join(folder, 'deep', 'results.json'),
  compareWith: undefined,
  drawFrom: undefined,
  ...more,
});

/** Notes when it begins and ends; waits for `until` meanwhile. */
function benchmark(name: string, course: string[], until: () => Promise<unknown> = async () => undefined): Benchmark {
  return {
    name,
    shows: 'something',
    run: async ({ size }) => {
      course.push(`${name} begins`);
      await until();
      course.push(`${name} ends`);
      return { benchmark: name, parameters: { size }, tables: [], figures: [], notes: [] };
    },
  };
}

describe('a run', () => {
  test('takes one benchmark after the other, and writes what they came to', async () => {
    const course: string[] = [];
    const groups = [[benchmark('a', course), benchmark('b', course)], [benchmark('c', course)]];
    await run(groups, asked());
    expect(course).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    const { results } = await readResults(asked().out);
    expect(results.map((one) => one.benchmark)).toEqual(['a', 'b', 'c']);
  });

  test('runs a group at the same time when it is to be quick', async () => {
    const course: string[] = [];
    let letGo: (value?: unknown) => void = () => undefined;
    const gone = new Promise((resolve) => {
      letGo = resolve;
    });
    const first = benchmark('a', course, () => gone);
    const second = benchmark('b', course, async () => letGo());
    await run([[first, second]], asked({ size: 'quick' }));
    expect(course.slice(0, 2)).toEqual(['a begins', 'b begins']);
  });

  test('takes only those that are asked for', async () => {
    const course: string[] = [];
    await run([[benchmark('a', course), benchmark('b', course)]], asked({ names: ['b'] }));
    expect(course).toEqual(['b begins', 'b ends']);
  });

  test('goes on after one that breaks off, and names it', async () => {
    const course: string[] = [];
    const broken = benchmark('a', course, () => Promise.reject(new Error('no worker')));
    const { results, failed } = await run([[broken], [benchmark('b', course)]], asked());
    expect(failed).toEqual(['a']);
    expect(results.map((one) => one.benchmark)).toEqual(['b']);
    expect(JSON.parse(await readFile(asked().out, 'utf8'))).toMatchObject({ failed: ['a'], size: 'default' });
  });
});
