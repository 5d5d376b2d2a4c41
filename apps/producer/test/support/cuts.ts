import fc from 'fast-check';

/** The bytes in pieces, cut at these places; places beyond the end count from the start again. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).toSorted((one, other) => one - other);
  const starts = [0, ...sorted];
  // Copies, as from a socket: nothing may look beyond its piece.
  return starts.map((start, n) => Buffer.from(bytes.subarray(start, sorted[n])));
}

/** Some places to cut at. */
export const cutAnywhere = fc.array(fc.nat(), { maxLength: 8 });
