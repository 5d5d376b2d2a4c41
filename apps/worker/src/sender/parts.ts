/** After this many failing splits the parts are single items. */
const splitsBeforeSingles = 2;
const mostParts = 10;

/**
 * Into how many parts a batch with a bad item is cut: halves; more where the lane has lately had many bad items, since halves
 * would mostly hold one again; singles after two failing splits.
 */
export function partsOf(size: number, depth: number, recentBadItems: number): number {
  if (depth >= splitsBeforeSingles || size <= 3) return size;
  return Math.min(size, mostParts, Math.max(2, Math.round(recentBadItems / 2)));
}

/** The number of the part, from 0, that each of `size` items goes into: in order, as equal as can be. */
export function spread(size: number, parts: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.floor((index * parts) / size));
}
