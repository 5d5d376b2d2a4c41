import { printable } from '../wording.ts';

/** A value behind its label; none where it is `undefined`. */
export type LabelledLine = readonly [label: string, value: string | undefined];

const labelWidth = 13;

/** Lines for people. `coloured` is given a value as it is safe to print. */
export function labelled(
  lines: readonly LabelledLine[],
  coloured: (label: string, text: string) => string = (_, text) => text,
): string {
  return lines
    .flatMap(([label, value]) =>
      value === undefined ? [] : [`${label.padEnd(labelWidth)} ${coloured(label, printable(value))}`],
    )
    .join('\n');
}
