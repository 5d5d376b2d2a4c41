/** For an option that may be given more than once: all its values, in order. */
export function collected(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
