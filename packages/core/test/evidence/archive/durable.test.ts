import { type FileHandle, open } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { journalOf, newPair } from '../evidence-lab.ts';
import { lastOf, readAll, textIn, textOf } from './archive-behaviour.ts';
import { ArchiveLab } from './archive-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await ArchiveLab.start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await lab.stop();
});

describe('a record counts as archived', () => {
  /** What every open file and folder is asked for, in order. */
  async function watchDisk(): Promise<{ calls: string[]; handles: FileHandle }> {
    const probe = await open(lab.pathOf('probe'), 'w');
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const calls: string[] = [];
    for (const name of ['appendFile', 'sync'] as const) {
      const real = handles[name] as (...args: unknown[]) => Promise<void>;
      const watched = async function (this: FileHandle, ...args: unknown[]) {
        const isFolder = (await this.stat()).isDirectory();
        await real.apply(this, args);
        calls.push(`${name} ${isFolder ? 'folder' : 'file'}`);
      };
      jest.spyOn(handles, name).mockImplementation(watched as never);
    }
    return { calls, handles };
  }

  test('once its file is synced, and the folder too where the file is new', async () => {
    const { calls } = await watchDisk();
    const archive = await lab.open(1_500);
    expect(calls).toEqual(['sync file', 'sync folder']);
    calls.length = 0;
    await archive.append(journal.slice(0, 2));
    expect(calls).toEqual(['appendFile file', 'sync file']);
    calls.length = 0;
    await archive.append(journal.slice(2, 6));
    expect(calls.slice(0, 4)).toEqual(['appendFile file', 'sync file', 'sync file', 'sync folder']);
    expect(calls.slice(-2)).toEqual(['appendFile file', 'sync file']);
  });

  test('not when the disk refuses: nothing is written then until the archive is opened again', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 2));
    const { handles } = await watchDisk();
    const cause = new Error('EIO: i/o error, fsync');
    jest.spyOn(handles, 'sync').mockRejectedValueOnce(cause as never);
    await expect(archive.append(journal.slice(2, 4))).rejects.toMatchObject({ code: 'archive_failed', cause });
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, 2)));
    await expect(archive.append(journal.slice(2, 4))).rejects.toMatchObject({ code: 'archive_failed', cause });
    expect(await readAll(archive)).toEqual(journal.slice(0, 2));
    await archive.close();
    await (await lab.open()).append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });
});
