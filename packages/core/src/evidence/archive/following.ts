import { EvidenceError } from '../evidence-error.ts';
import { type Entry, type Head, headOf } from '../journal/chain.ts';
import { lineOf, readLine } from '../journal/entry-line.ts';

/**
 * The entries that come behind the head; those up to it were archived before. Throws an `EvidenceError`: `not_next` when they do not
 * follow one another or the head, `bad_record` when one is not as it was made. `archivedHash` answers with the hash of an archived record.
 */
export async function entriesBehind(
  head: Head,
  entries: readonly Entry[],
  archivedHash: (sequence: number) => Promise<string | undefined>,
): Promise<readonly Entry[]> {
  const [first] = entries;
  if (first === undefined) return [];
  let before: Head = { sequence: first.record.sequence - 1, hash: first.previous };
  for (const entry of entries) {
    if (entry.record.sequence !== before.sequence + 1 || entry.previous !== before.hash) throw apart(before.sequence);
    if (readLine(lineOf(entry)).is !== 'entry') throw notAsMade(entry.record.sequence);
    before = headOf(entry);
  }
  const fresh = entries.filter(({ record }) => record.sequence > head.sequence);
  const [next] = fresh;
  // A hash covers all before it: where one is the same, so are the others.
  const isSame =
    next === undefined ? (await archivedHash(before.sequence)) === before.hash : next.previous === head.hash;
  if (isSame && (next === undefined || next.record.sequence === head.sequence + 1)) return fresh;
  throw apart(head.sequence);
}

function apart(sequence: number): EvidenceError {
  return new EvidenceError(
    'not_next',
    `these entries do not follow record ${sequence}: read the archive's head, and append what comes behind it`,
  );
}

function notAsMade(sequence: number): EvidenceError {
  return new EvidenceError('bad_record', `record ${sequence} was changed since it was made: nothing was archived`);
}
