/** The page of a rule. */
export function rulePath(name: string): string {
  return `/rules/${encodeURIComponent(name)}`;
}
