/** A moment of a record, in ms since 1970, as ISO 8601. */
export function isoTime(ms: string | undefined): string {
  return new Date(Number(ms ?? 0)).toISOString();
}
