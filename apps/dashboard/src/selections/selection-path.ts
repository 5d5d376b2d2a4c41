/** Where a selection is looked at. Ids may hold anything, so that they are no part of a path. */
export function selectionPath(id: string): string {
  return `/selection?id=${encodeURIComponent(id)}`;
}

/** Where its page is kept up to date from. */
export function selectionEventsPath(id: string): string {
  return `/selection/events?id=${encodeURIComponent(id)}`;
}

/** The list of selections. */
export const selectionsPath = '/selections';
