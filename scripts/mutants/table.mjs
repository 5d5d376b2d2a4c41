/** @typedef {import('./hunt.mjs').Fate} Fate */

/**
 * The fates of mutants as a table that a terminal and a page of docs can show.
 * @param {readonly Fate[]} fates
 */
export function fateTable(fates) {
  const rows = fates.map((fate) => [
    fate.mutant.id,
    String(fate.mutant.invariant),
    fate.mutant.without,
    wordOf(fate),
    fate.seconds.toFixed(1),
  ]);
  return tableOf([['mutant', 'invariant', 'without', 'noticed by', 's'], ...rows]);
}

/** @param {readonly import('./mutant.mjs').Mutant[]} mutants */
export function mutantTable(mutants) {
  const rows = mutants.map(({ id, invariant, without, file }) => [id, String(invariant), without, file]);
  return tableOf([['mutant', 'invariant', 'without', 'file'], ...rows]);
}

/** @param {Fate} fate */
export function wordOf(fate) {
  switch (fate.is) {
    case 'killed':
      return fate.where === 'its suite' ? fate.by : `(all suites) ${fate.by}`;
    case 'survived':
      return 'NOBODY: it survived';
    case 'damaged':
      return `DAMAGED, which shows nothing: ${fate.reason}`;
  }
}

/** @param {readonly (readonly string[])[]} rows the first is the head */
function tableOf(rows) {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_cell, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
