/** The list of legal holds; of one consumer where it is named. */
export function holdsPath(consumer?: string): string {
  return consumer === undefined ? '/legal-holds' : `/legal-holds?consumer=${encodeURIComponent(consumer)}`;
}

/** Where a legal hold is looked at. Ids may hold anything, so that they are no part of a path. */
export function holdPath(id: string): string {
  return `/legal-hold?id=${encodeURIComponent(id)}`;
}
