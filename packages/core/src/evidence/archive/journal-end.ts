import { EvidenceError } from '../evidence-error.ts';
import { emptyHead, type Head, headOf } from '../journal/chain.ts';
import { readLine } from '../journal/entry-line.ts';
import { type JournalFile, journalFile, linesOf, listJournalFiles } from './journal-files.ts';

/** Where a folder's journal ends: in which file, after how many bytes of whole lines. */
export interface JournalEnd {
  readonly file: JournalFile;
  readonly bytes: number;
  readonly head: Head;
}

/**
 * Finds the end. Half a line at the end of the last file was being written when its writer died, was never acknowledged, and does not
 * count. Throws an `EvidenceError` (`archive_damaged`) where the last file is no journal otherwise.
 */
export async function findEnd(folder: string): Promise<JournalEnd> {
  const [last, before] = (await listJournalFiles(folder)).reverse();
  if (last === undefined) return { file: journalFile(folder, 1), bytes: 0, head: emptyHead };
  const end = await endOf(last);
  if (end.bytes > 0) return end;
  // The writer died when it had begun a file. The one before it was whole by then.
  const { head } = before === undefined ? { head: emptyHead } : await endOf(before);
  if (head.sequence + 1 !== last.first) throw damaged(last, 1);
  return { ...end, head };
}

async function endOf(file: JournalFile): Promise<JournalEnd> {
  let [bytes, line] = [0, 0];
  let head: Head | undefined;
  for await (const { text, bytes: size, isEnded } of linesOf(file)) {
    if (!isEnded) break;
    line += 1;
    const reading = readLine(text);
    if (reading.is !== 'entry') throw damaged(file, line);
    const { record, previous } = reading.entry;
    const follows = record.sequence === (head?.sequence ?? file.first - 1) + 1 && (head?.hash ?? previous) === previous;
    if (!follows) throw damaged(file, line);
    head = headOf(reading.entry);
    bytes += size;
  }
  return { file, bytes, head: head ?? emptyHead };
}

export function damaged({ path }: JournalFile, line: number): EvidenceError {
  return new EvidenceError(
    'archive_damaged',
    `line ${line} of ${path} is not as it was written: verify the journal, and restore the file from a copy`,
  );
}
