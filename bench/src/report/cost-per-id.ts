import type { Table } from '../benchmark.ts';
import { itemsPerCall } from '../lab/learnosity-quotas.ts';
import type { StoredResult } from './results-file.ts';

const peerRow = 'peer (b): a BullMQ job per id';
/** The columns of the README's table, and what they are called in the tables of 'taking-in'. */
const columns = [
  ['Redis bytes at rest', 'Redis B/id at rest'],
  ['while received', 'while receiving'],
  ['Redis µs', 'Redis'],
  ['client µs', 'client'],
] as const;

/** What an id costs on its way in, and the calls that it takes to send a thousand, from a run of 'taking-in'. */
export function costPerId(results: readonly StoredResult[]): Table {
  const takingIn = results.find(({ benchmark }) => benchmark === 'taking-in');
  if (takingIn === undefined) throw new Error("these results hold no run of 'taking-in'");
  const cellsOf = columns.map(([, name]) => column(takingIn, name));
  const ways = [...(cellsOf[0]?.keys() ?? [])].filter((way) => way !== peerRow);
  const rows = [...ways, peerRow].map((way) => {
    const calls = way === peerRow ? 1_000 : 1_000 / itemsPerCall;
    return [way, ...cellsOf.map((cells) => cells.get(way) ?? ''), calls.toLocaleString('en')];
  });
  return { title: 'Cost of an id', head: ['', ...columns.map(([name]) => name), 'calls for 1,000 ids'], rows };
}

/** A column of the one table that has it, by the first cell of each row. */
function column({ benchmark, tables }: StoredResult, name: string): Map<string | number, string | number> {
  const table = tables.find(({ head }) => head.includes(name));
  if (table === undefined) throw new Error(`'${benchmark}' has no column '${name}'`);
  const place = table.head.indexOf(name);
  return new Map(table.rows.map((row) => [row[0] ?? '', row[place] ?? '']));
}
