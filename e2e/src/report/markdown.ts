import { cellsOf, head, type Row } from './table.ts';

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The table of a run for a page: docs/reliability.md holds one. */
export function markdownTable(outcomes: readonly Row[]): string {
  const rows = outcomes.map(cellsOf).map((cells) => [...cells, ...Array<string>(head.length - cells.length).fill('')]);
  return [head, ['---', ...head.slice(1).map(() => '---:')], ...rows].map(line).join('\n');
}
