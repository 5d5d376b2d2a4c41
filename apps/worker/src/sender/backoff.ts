const firstMs = 1_000;
const longestMs = 60_000;

/** Doubles from 1 s to 60 s, and takes off up to half, so that what failed together does not return together. */
export function backoffMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}
