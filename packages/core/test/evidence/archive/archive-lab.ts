import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileArchive } from '../../../src/evidence/archive/file-archive.ts';
import { journalLines } from '../../../src/evidence/archive/journal-files.ts';
import type { ArchivePlace } from './archive-behaviour.ts';

/** A folder, and the archives that were opened there. */
export class ArchiveLab implements ArchivePlace {
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

  async open(maxPartBytes?: number): Promise<FileArchive> {
    const limit = maxPartBytes === undefined ? {} : { maxFileBytes: maxPartBytes };
    const archive = await FileArchive.open({ folder: this.folder, staleMs: 300, ...limit });
    this.#opened.push(archive);
    return archive;
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  async parts(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => name.startsWith('journal-')).sort();
  }

  async read(part: string): Promise<Buffer> {
    return await readFile(this.pathOf(part));
  }

  async replace(part: string, content: Buffer | string | undefined): Promise<void> {
    if (content === undefined) await rm(this.pathOf(part));
    else await writeFile(this.pathOf(part), content);
  }

  lines(): AsyncIterable<string> {
    return journalLines(this.folder);
  }
}
