import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JournalArchives, journalLines } from '@session-queue/core/evidence';
import { S3Server } from '@session-queue/testing';
import { FolderArchives } from '../../src/archivist/folder-archives.ts';
import { connectStore, recordsIn } from '../s3-place.ts';

/** Where the archives of a test are. */
export interface Place {
  archives: JournalArchives;
  /** How many records of the consumer's journal it holds. */
  count(): Promise<number>;
  /** Takes the consumer's journal away. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function inFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-archive-'));
  const own = join(folder, 'north');
  const count = async () => {
    let lines = 0;
    for await (const _line of journalLines(own)) lines += 1;
    return lines;
  };
  const archives = new FolderArchives(folder, 200);
  const clear = async () => await rm(own, { recursive: true });
  return { archives, count, clear, stop: async () => await rm(folder, { recursive: true }) };
}

export async function inStore(): Promise<Place & { s3: S3Server }> {
  const s3 = await S3Server.start();
  const archives = await connectStore(s3);
  const clear = async () => {
    for (const key of s3.keys().filter((one) => one.includes('/north/'))) s3.objects.delete(key);
    await Promise.resolve();
  };
  const stop = async () => {
    archives.stop();
    await s3.stop();
  };
  return { archives, count: () => Promise.resolve(recordsIn(s3, 'north').length), clear, stop, s3 };
}
