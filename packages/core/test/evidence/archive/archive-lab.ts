import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArchive } from '../../../src/evidence/archive/file-archive.ts';
import { type Entry, type Head, headOf } from '../../../src/evidence/journal/chain.ts';
import { lineOf } from '../../../src/evidence/journal/entry-line.ts';

/** A folder, and the archives that were opened there. */
export class ArchiveLab {
  readonly folder: string;
  readonly #opened: FileArchive[] = [];

  static async start(): Promise<ArchiveLab> {
    return new ArchiveLab(await mkdtemp(join(tmpdir(), 'session-queue-archive-')));
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#opened.map((archive) => archive.close()));
    await rm(this.folder, { recursive: true });
  }

  /** Once no living writer has the folder. */
  async open(maxFileBytes?: number): Promise<FileArchive> {
    const limit = maxFileBytes === undefined ? {} : { maxFileBytes };
    const archive = await FileArchive.open({ folder: this.folder, staleMs: 300, ...limit });
    this.#opened.push(archive);
    return archive;
  }

  /** As after an orderly end. */
  async reopen(archive: FileArchive, maxFileBytes?: number): Promise<FileArchive> {
    await archive.close();
    return await this.open(maxFileBytes);
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  async files(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => name.startsWith('journal-')).sort();
  }

  async text(): Promise<string> {
    const texts = await Promise.all((await this.files()).map((name) => readFile(this.pathOf(name), 'utf8')));
    return texts.join('');
  }
}

/** The first file of a folder. */
export const firstFile = 'journal-0000000000000001.jsonl';

export async function readAll(archive: FileArchive, from = 1): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of archive.records(from)) entries.push(entry);
  return entries;
}

export function textOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${lineOf(entry)}\n`).join('');
}

export function lastOf(entries: readonly Entry[]): Head {
  return headOf(entries.at(-1) as Entry);
}
