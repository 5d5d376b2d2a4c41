import { setImmediate as nextTurn } from 'node:timers/promises';

/** Does the same for each of many, so many at a time: neither Redis nor this process is held up by a thousand at once. */
export async function inChunks<T, R>(all: readonly T[], size: number, act: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < all.length; from += size) {
    results.push(...(await Promise.all(all.slice(from, from + size).map(act))));
    await nextTurn();
  }
  return results;
}
