import Table from 'cli-table3';
import type { Result } from '../benchmark.ts';

/** Prints a benchmark's tables and what its aims came to. */
export function print(result: Result): void {
  for (const { title, head, rows } of result.tables) {
    console.log(`\n${title}`);
    const table = new Table({ head: [...head], style: { head: ['bold'], border: ['grey'] } });
    for (const row of rows) table.push([...row]);
    console.log(table.toString());
  }
  for (const { name, value, unit, target } of result.figures) {
    const shown = `${name}: ${format(value)}${unit === '' ? '' : ` ${unit}`}`;
    console.log(
      target === undefined ? `  ${shown}` : `  ${target.met ? 'met   ' : 'MISSED'} ${shown} (aim: ${target.words})`,
    );
  }
  for (const note of result.notes) console.log(`  ${note}`);
}

function format(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(3);
}
