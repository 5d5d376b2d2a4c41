/** Bytes in pieces, as a body comes; each piece is overwritten once the next is asked for. */
export async function* piecesOf(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    yield piece;
    piece.fill('#');
  }
}

/** All that comes, as one list. */
export async function collect<T>(some: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const next of some) all.push(...next);
  return all;
}
