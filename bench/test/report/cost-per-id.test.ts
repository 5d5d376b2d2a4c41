import { expect, test } from '@jest/globals';
import { costPerId } from '../../src/report/cost-per-id.ts';
import { asMarkdown } from '../../src/report/markdown.ts';

const peer = 'peer (b): a BullMQ job per id';
const takingIn = {
  benchmark: 'taking-in',
  parameters: {},
  figures: [],
  charts: [],
  tables: [
    {
      title: 'Work',
      head: ['', 'client', 'Redis'],
      rows: [
        ['library, array', '2.38', '5.16'],
        [peer, '39.95', '32.49'],
      ],
    },
    {
      title: 'Memory',
      head: ['', 'Redis B/id at rest', 'while receiving', 'process MB'],
      // In another order: rows belong together by their names.
      rows: [
        [peer, '274.4', '325.7', 144],
        ['library, array', '18.0', '41.2', 127],
      ],
    },
  ],
};

test('the table of the README brings together what an id costs by each way, the peer last', () => {
  const table = costPerId([takingIn]);
  expect(asMarkdown(table).split('\n').slice(2)).toEqual([
    '| library, array | 18.0 | 41.2 | 5.16 | 2.38 | 20 |',
    `| ${peer} | 274.4 | 325.7 | 32.49 | 39.95 | 1,000 |`,
  ]);
});

test('as Markdown each column has a head and a rule', () => {
  const text = asMarkdown({ title: 'not shown', head: ['', 'a'], rows: [['b', 1]] });
  expect(text).toBe('|  | a |\n| --- | ---: |\n| b | 1 |');
});

test('a column that is gone is named, and so is a benchmark that was not run', () => {
  expect(() => costPerId([{ ...takingIn, tables: takingIn.tables.slice(1) }])).toThrow("no column 'Redis'");
  expect(() => costPerId([])).toThrow('taking-in');
});
