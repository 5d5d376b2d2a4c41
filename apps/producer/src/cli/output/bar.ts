const width = 30;

/** A bar of `#` and `.`; full only when all of it is there. */
export function bar(share: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

/** `[######......]  20 %`; never 100 % before the last item. */
export function progressBar(share: number): string {
  return `${bar(share)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** A part of a whole, 0 to 1; 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
