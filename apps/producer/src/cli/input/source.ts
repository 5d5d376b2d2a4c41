/** What stands at one place of a source: an item's text, or why there is none. */
export interface Entry {
  /** The line it stands on, or ends on, from 1; absent where the source is one item. */
  line?: number;
  text: string;
  fault?: string;
}

/** Items to be read, as often as wanted: first to be checked and counted, then to be sent. */
export interface Source {
  /** As it is called in messages. */
  name: string;
  /** All entries, some at a time: for millions of them a promise each would take longer than the rest. */
  entries: () => AsyncIterable<readonly Entry[]>;
}

/** `ids.csv, line 3` */
export function placeOf(source: Source, { line }: Entry): string {
  return line === undefined ? source.name : `${source.name}, line ${line}`;
}
