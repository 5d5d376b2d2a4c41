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

/** Else somebody sends the form again without them: of a selection that is another one, and a larger one. */
export const idsAreGone = 'The ids are not kept: give them again.';

/** What is wrong with a form that comes back without the ids that were typed, where any were. */
export function giveIdsAgain(what: string, wereTyped = true): string {
  return `${what} Nothing was done.${wereTyped ? ` ${idsAreGone}` : ''}`;
}
