import Table from 'cli-table3';
import type { Outcome } from '../run.ts';

/** The columns of a run's table; what a row has in them is `cellsOf`. */
export const head = [
  'scenario',
  'accepted',
  'lost',
  'unfinished',
  'sent twice: allowed',
  'not allowed',
  '429s: own',
  "others'",
  'fullest window',
  'parked',
  'recovery',
  'took',
  'verdict',
];

/** What a scenario came to that could not be run to its end. */
export interface Broken {
  name: string;
  error: string;
}

/** A scenario that this machine cannot run. */
export interface OutOfReach {
  name: string;
  notHere: string;
}

/** What one row of the table tells of. */
export type Row = Outcome | Broken | OutOfReach;

/** Whether it was run, to its end. */
export const hasVerdict = (row: Row): row is Outcome => 'verdict' in row;
/** Whether something is against the rules, or was not found out. One that cannot be run here is neither. */
export const isFailure = (row: Row): boolean => 'error' in row || (hasVerdict(row) && row.verdict.findings.length > 0);

/** Prints the table of a run, and below it whatever is against the rules. */
export function printTable(outcomes: readonly Row[]): void {
  const table = new Table({ head, style: { head: ['bold'], border: ['grey'] }, wordWrap: true });
  for (const [name = '', ...cells] of outcomes.map(cellsOf)) {
    const [why] = cells;
    table.push([name, ...(cells.length === 1 ? [{ colSpan: head.length - 1, content: why }] : cells)]);
  }
  console.log(table.toString());
  for (const outcome of outcomes) {
    if ('error' in outcome) console.log(`\n${outcome.name} could not be run: ${outcome.error}`);
    else if (hasVerdict(outcome) && outcome.verdict.findings.length > 0) {
      console.log(`\n${outcome.name} broke:`);
      for (const { rule, what } of outcome.verdict.findings) console.log(`  ${rule}\n    ${what}`);
    }
  }
}

/** The text of each column; of a row that has no figures its name and why. */
export function cellsOf(outcome: Row): string[] | [name: string, why: string] {
  if ('notHere' in outcome) return [outcome.name, `not here: ${outcome.notHere}`];
  if ('error' in outcome) return [outcome.name, 'could not be run'];
  const { verdict, seconds } = outcome;
  const number = (value: number) => value.toLocaleString('en');
  return [
    outcome.name,
    number(verdict.accepted),
    verdict.forgotten === 0 ? number(verdict.lost) : `${number(verdict.lost)} (${number(verdict.forgotten)} forgotten)`,
    number(verdict.unfinished),
    number(verdict.twiceAllowed),
    number(verdict.twiceNotAllowed),
    number(verdict.own429),
    number(verdict.foreign429),
    verdict.fullest,
    number(verdict.parked),
    verdict.recoveryMs === undefined ? '-' : `${(verdict.recoveryMs / 1_000).toFixed(1)} s`,
    `${Math.round(seconds)} s`,
    verdict.findings.length === 0 ? 'holds' : 'BROKEN',
  ];
}
