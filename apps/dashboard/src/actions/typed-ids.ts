/** Ids that somebody has typed into a form, one a line. No page shows them again, and no log. */
export interface TypedIds {
  /** Each once, in their order. */
  ids: string[];
  /** On which line one stands, from 1. */
  lineOf: (id: string) => number;
}

export function typedIds(text: string): TypedIds {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const ids = [...new Set(lines.filter((line) => line !== ''))];
  return { ids, lineOf: (id) => lines.indexOf(id) + 1 };
}

/** What is wrong with a form that comes back without the ids that were typed. */
export function giveIdsAgain(what: string): string {
  return `${what} Nothing was done. The ids are not kept: give them again.`;
}
