import type { ConsumerKeys } from '../lanes/keys.ts';
import type { Breakdown } from './breakdown.ts';
import { partsKey } from './breakdown-view.ts';
import { SelectionDigest, selectedSessions } from './selected-sessions.ts';
import { selectionKey } from './selection.ts';

/** Sessions of a selection, and their digest as of a selection of them alone. */
export interface Share {
  count: number;
  digest: string;
}

/** How a selection divides: by the number of each value its share, and what is in none of them; nothing of what is not known. */
export interface Division {
  shares: (Share | undefined)[];
  other: number | undefined;
}

/**
 * What the marks of a selection's sessions say. Of a value whose walk has failed nothing is known, and so not what is in none of them;
 * it has left no marks, and takes nothing from the others.
 * `beforeEach` 1,000 sessions is called; what it throws ends the reading.
 */
export async function divisionOf(
  keys: ConsumerKeys,
  id: string,
  { values }: Breakdown,
  beforeEach: () => Promise<void>,
): Promise<Division> {
  const failures = await keys.redis.hmget(partsKey(keys, id), ...values.map((_, part) => `${part}:code`));
  const digests = values.map(() => new SelectionDigest());
  let from = 0;
  let other = 0;
  for await (const sessionIds of selectedSessions(keys, id)) {
    await beforeEach();
    const to = from + sessionIds.length - 1;
    // A place behind the last mark bears none.
    const marks = await keys.redis.getrangeBuffer(`${selectionKey(keys, id)}:marks`, from, to);
    const marked = digests.map((): string[] => []);
    for (const [place, sessionId] of sessionIds.entries()) {
      const same = marked[(marks[place] ?? 0) - 1];
      if (same === undefined) other += 1;
      else same.push(sessionId);
    }
    for (const [part, digest] of digests.entries()) digest.add(marked[part] ?? []);
    from = to + 1;
  }
  const shares = digests.map(({ count, value }, part) =>
    failures[part] === null ? { count, digest: value } : undefined,
  );
  return { shares, other: shares.includes(undefined) ? undefined : other };
}
