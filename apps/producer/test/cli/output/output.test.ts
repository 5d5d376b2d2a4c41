import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { cut } from '../../../src/cli/output/cut.ts';
import { Pace } from '../../../src/cli/output/pace.ts';
import { type ColumnOf, table } from '../../../src/cli/output/table.ts';
import { ago, spanOfTime } from '../../../src/cli/wording.ts';

describe('a table', () => {
  const columns: ColumnOf<[string, string]>[] = [
    { header: 'ID', text: ([id]) => id },
    { header: 'REASON', text: ([, reason]) => reason, least: 6 },
  ];
  const rows: [string, string][] = [
    ['a-long-identifier', 'end of the contract of 2026'],
    ['b', '試験が終わりました'],
  ];

  test('is as wide as its cells where there is room', () => {
    expect(table(columns, rows, 80)).toEqual([
      'ID                 REASON',
      'a-long-identifier  end of the contract of 2026',
      'b                  試験が終わりました',
    ]);
  });

  test('takes from what is flexible where there is less', () => {
    expect(table(columns, rows, 35)).toEqual([
      'ID                 REASON',
      'a-long-identifier  end of the cont…',
      'b                  試験が終わりま…',
    ]);
  });

  test('is cards where columns would tell too little', () => {
    const wide: ColumnOf<[string, string]>[] = [
      ...columns,
      { header: 'EMPTY', text: () => '' },
      { header: 'ITEMS', text: () => '17', isNumber: true, colour: (text) => `<${text}>` },
    ];
    expect(table(wide, rows, 38)).toEqual([
      'a-long-identifier',
      '  reason end of the contract of 2026',
      '  items <17>',
      'b',
      '  reason 試験が終わりました',
      '  items <17>',
    ]);
  });

  test('has columns that keep more than others before rows are cards', () => {
    const kept: ColumnOf<[string, string]>[] = [
      ...columns.slice(0, 1),
      { header: 'ON', text: ([, on]) => on, least: 16 },
    ];
    expect(table(kept, rows, 35).at(1)).toBe('a-long-identifier  end of the cont…');
    expect(table(kept, rows, 34).slice(0, 2)).toEqual(['a-long-identifier', '  on end of the contract of 2026']);
  });

  test('holds as many rows as there are', () => {
    const many = Array.from({ length: 200_000 }, (_, row) => `row ${row}`);
    expect(table([{ header: 'ROW', text: (row: string) => row }], many, 80)).toHaveLength(200_001);
  });

  test.each([46, 25, 24, 12, 3])('never is wider than a terminal of %i columns, and ids give way last', (width) => {
    const lines = table(columns, rows, width);
    expect(lines.map((line) => stringWidth(line)).filter((size) => size > width)).toEqual([]);
    if (width >= 17) expect(lines.join('\n')).toContain('a-long-identifier');
  });
});

test('colours do not count when text is cut, and end where it ends', () => {
  expect(cut('\u001b[31mred words\u001b[39m', 5)).toBe('\u001b[31mred …\u001b[0m');
  expect(cut('\u001b[31mred\u001b[39m', 3)).toBe('\u001b[31mred\u001b[39m');
});

describe('the pace', () => {
  test('is that of the last half minute', () => {
    const pace = new Pace();
    expect(pace.perSecond).toBeUndefined();
    for (let second = 0; second <= 100; second += 1) pace.look(second * 1_000, second < 50 ? 0 : (second - 50) * 10);
    expect(pace.perSecond).toBe(10);
    expect(pace.secondsFor(500)).toBe(50);
    for (let second = 101; second <= 130; second += 1) pace.look(second * 1_000, 500);
    expect(pace.secondsFor(500)).toBeUndefined();
  });
});

test('times are told in their two largest parts', () => {
  expect([0, 0.4, 59, 61, 3_600, 19_995, 200_000].map(spanOfTime)).toEqual([
    '0 s',
    '0 s',
    '59 s',
    '1 min 1 s',
    '1 h',
    '5 h 33 min',
    '2 d 7 h',
  ]);
  expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T03:10:00Z'))).toBe('3 h ago');
});
