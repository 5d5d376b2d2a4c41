import { randomBytes } from 'node:crypto';

const idsAtOnce = 1_000;
const textLength = 36;

/** Random UUIDs: unlike counted ones they meet the search for duplicates unevenly, as real ids do. */
export function* randomIds(count: number): Generator<string> {
  for (let left = count; left > 0; left -= idsAtOnce) {
    const some = Math.min(left, idsAtOnce);
    const hex = randomBytes(some * 16).toString('hex');
    let text = '';
    for (let at = 0; at < hex.length; at += 32) {
      text += `${hex.slice(at, at + 8)}-${hex.slice(at + 8, at + 12)}-4${hex.slice(at + 13, at + 16)}-`;
      text += `8${hex.slice(at + 17, at + 20)}-${hex.slice(at + 20, at + 32)}`;
    }
    // Cut from bytes, each is a string of its own, as from a file or a body; cut from a text it would hold on to all of it.
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += textLength) yield bytes.toString('latin1', at, at + textLength);
  }
}

/** How many of a request's ids are named a second time, so that there is something to find. */
export const repeatsIn = (size: number): number => Math.floor(size / 100);

/** The ids of one request; the last hundredth repeats the first. */
export function* requestIds(size: number): Generator<string> {
  const repeats = repeatsIn(size);
  const again: string[] = [];
  for (const id of randomIds(size - repeats)) {
    if (again.length < repeats) again.push(id);
    yield id;
  }
  yield* again;
}
