import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BarChart, LineChart } from '../../src/charts/chart.ts';
import { draw } from '../../src/charts/draw.ts';
import { drawFiles } from '../../src/charts/draw-files.ts';
import { themes } from '../../src/charts/theme.ts';

const bars: BarChart = {
  form: 'bars',
  name: 'quota-used',
  title: 'Sessions deleted a second',
  axis: 'sessions a second',
  most: 50,
  bars: [
    { label: 'Session Queue', value: 48, note: '48.0, no 429', isOurs: true },
    { label: 'sequential script', value: 41, note: '41.0, 5 answered 429', isOurs: false },
  ],
  limit: { label: 'provable bound 48.3', value: 48.3 },
};
const lines: LineChart = {
  form: 'lines',
  name: 'growth',
  title: 'Share of its quota',
  xAxis: 'consumers',
  yAxis: '% of the quota',
  most: 100,
  lines: [
    {
      label: 'the worst',
      points: [
        [1, 98],
        [100, 95],
      ],
    },
    {
      label: 'the median',
      points: [
        [1, 98],
        [100, 97],
      ],
    },
  ],
  limit: { label: 'provable bound 99.8 %', value: 99.8 },
};

describe('a chart', () => {
  test('says in words and numbers what it shows', () => {
    const drawn = draw(bars, themes.light);
    for (const text of [
      bars.title,
      bars.axis,
      bars.limit.label,
      ...bars.bars.flatMap(({ label, note }) => [label, note]),
    ]) {
      expect(drawn).toContain(`>${text}</text>`);
    }
    const other = draw(lines, themes.light);
    for (const text of [lines.title, lines.xAxis, lines.yAxis, lines.limit.label, 'the worst', 'the median']) {
      expect(other).toContain(`>${text}</text>`);
    }
  });

  test('is the same text whenever it is drawn, whatever was drawn before', () => {
    const first = [draw(bars, themes.light), draw(lines, themes.dark)];
    const again = [draw(lines, themes.dark), draw(bars, themes.light)].toReversed();
    expect(again).toEqual(first);
  });

  test('has no background, and the colours of its page', () => {
    for (const theme of Object.values(themes)) {
      const drawn = draw(bars, theme);
      expect(drawn).toContain('fill="none"></rect>');
      expect(drawn).toContain(`fill="${theme.text}"`);
      expect(drawn).toContain(`fill="${theme.ours}"`);
    }
  });

  test('draws a longer bar for a greater value', () => {
    const widths = (chart: BarChart) => {
      const found = [...draw(chart, themes.light).matchAll(/<path d="M([\d.]+) [\d.]+l([\d.]+) 0/g)];
      return found.map(([, , width]) => Number(width));
    };
    const [longer = 0, shorter = 0] = widths(bars);
    expect(longer / shorter).toBeCloseTo(48 / 41, 1);
  });
});

describe('the files of a run', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-queue-charts-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('are one for a light and one for a dark page of each chart, and drawing again changes nothing', async () => {
    const results = [{ benchmark: 'quota-used', parameters: {}, tables: [], figures: [], charts: [bars, lines] }];
    await drawFiles(results, folder);
    const names = await readdir(folder);
    expect(names.toSorted()).toEqual([
      'growth-dark.svg',
      'growth-light.svg',
      'quota-used-dark.svg',
      'quota-used-light.svg',
    ]);
    const read = () => Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    const first = await read();
    await drawFiles(results, folder);
    expect(await read()).toEqual(first);
  });
});
