import type { BadLine, BadLines } from '../../streams/bad-lines.ts';

/** Items to be read, as often as wanted: first to be checked and counted, then to be sent. */
export interface Source {
  /** As it is called in messages. */
  name: string;
  /**
   * All good items, some at a time: for millions of them a promise each would take longer than the rest. What is none is noted as bad,
   * at its line, or at `wholeSource`.
   */
  items: (bad: BadLines) => AsyncIterable<readonly string[]>;
}

/** The line of what is bad where a source is one item. */
export const wholeSource = 0;

/** `ids.csv, line 3` */
export function placeOf(source: Source, { line }: BadLine): string {
  return line === wholeSource ? source.name : `${source.name}, line ${line}`;
}
