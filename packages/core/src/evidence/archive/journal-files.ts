import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Line, readLines } from './read-lines.ts';

/** A file of the journal: JSON Lines, named by its first record's number, so that names in order are records in order. */
export interface JournalFile {
  readonly path: string;
  readonly first: number;
}

const namePattern = /^journal-(\d{16})\.jsonl$/;

/** The name of a part of the journal, a file or an object of a store, by its first record's number. */
export function journalFileName(first: number): string {
  return `journal-${String(first).padStart(16, '0')}.jsonl`;
}

/** The number of the first record in a part of this name; 0 for anything else's name. */
export function firstRecordIn(name: string): number {
  return Number(namePattern.exec(name)?.[1] ?? 0);
}

export function journalFile(folder: string, first: number): JournalFile {
  return { path: join(folder, journalFileName(first)), first };
}

/** The lines of one file, whatever its name. */
export async function* fileLines(path: string): AsyncGenerator<string> {
  for await (const { text } of readLines(createReadStream(path))) yield text;
}

/** Those of a folder, in order. */
export async function listJournalFiles(folder: string): Promise<JournalFile[]> {
  const names = await readdir(folder);
  const firsts = names.map(firstRecordIn).filter((first) => first > 0);
  return firsts.sort((one, other) => one - other).map((first) => journalFile(folder, first));
}

export function linesOf({ path }: JournalFile): AsyncGenerator<Line> {
  return readLines(createReadStream(path));
}

/**
 * The lines of all files of a folder, for `verifyJournal`: no lock is needed, and nothing is written. While a writer is at work the last line
 * may be half there: a `cut` that is gone a moment later is none.
 */
export async function* journalLines(folder: string): AsyncGenerator<string> {
  for (const file of await listJournalFiles(folder)) {
    for await (const { text } of linesOf(file)) yield text;
  }
}
