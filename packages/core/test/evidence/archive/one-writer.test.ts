import { readdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { journalOf, newPair } from '../evidence-lab.ts';
import { lastOf, textIn, textOf } from './archive-behaviour.ts';
import { ArchiveLab } from './archive-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await ArchiveLab.start();
});
afterEach(() => lab.stop());

describe('one writer at a time has an archive:', () => {
  test('another is refused while it lives', async () => {
    const archive = await lab.open();
    await expect(lab.open()).rejects.toMatchObject({ code: 'archive_taken' });
    await archive.append(journal);
    await archive.close();
    expect(await (await lab.open()).head()).toEqual(lastOf(journal));
  });

  test('of many that come at once one gets it', async () => {
    const found = await Promise.allSettled(Array.from({ length: 8 }, () => lab.open()));
    expect(found.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a dead one is taken over, by one of many', async () => {
    await writeFile(lab.pathOf('writer-7.lock'), 'gone 12\n');
    const found = await Promise.allSettled(Array.from({ length: 8 }, () => lab.open()));
    expect(found.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await readdir(lab.folder)).filter((name) => name.endsWith('.lock'))).toEqual(['writer-8.lock']);
  });

  test('one that others took for dead writes no more, and leaves them their lock', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await writeFile(lab.pathOf('writer-2.lock'), 'another 1\n');
    await expect(archive.append(journal)).rejects.toMatchObject({ code: 'archive_taken' });
    expect(await textIn(lab)).toBe(textOf(journal.slice(0, 5)));
    await archive.close();
    expect(await readdir(lab.folder)).toContain('writer-2.lock');
  });

  test('one whose lock was removed, or taken by its number, writes no more', async () => {
    const archive = await lab.open();
    await rm(lab.pathOf('writer-1.lock'));
    await expect(archive.append(journal)).rejects.toMatchObject({ code: 'archive_taken' });
    await writeFile(lab.pathOf('writer-1.lock'), 'another 1\n');
    await expect(archive.append(journal)).rejects.toMatchObject({ code: 'archive_taken' });
  });
});
