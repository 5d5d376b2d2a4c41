import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { journalLines } from '../../../src/evidence/archive/journal-files.ts';
import { appendTo, type Entry, emptyHead, headOf } from '../../../src/evidence/journal/chain.ts';
import { verifyJournal } from '../../../src/evidence/journal/verify-journal.ts';
import { eventOf, journalOf, newPair } from '../evidence-lab.ts';
import { ArchiveLab, firstFile, lastOf, readAll, textOf } from './archive-lab.ts';

leakGuard();

const pair = newPair();
const journal = journalOf(40, 10, pair);

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await ArchiveLab.start();
});
afterEach(() => lab.stop());

describe('an archive of files', () => {
  test('has what was appended, in lines that verify', async () => {
    const archive = await lab.open();
    expect(await archive.head()).toEqual(emptyHead);
    await archive.append(journal.slice(0, 15));
    await archive.append(journal.slice(15));
    expect(await archive.head()).toEqual(lastOf(journal));
    expect(await readAll(archive)).toEqual(journal);
    expect(await readAll(archive, 33)).toEqual(journal.slice(32));
    expect(await readAll(archive, 41)).toEqual([]);
    expect(await lab.text()).toBe(textOf(journal));
    expect(await verifyJournal(journalLines(lab.folder), pair.trusted)).toMatchObject({ is: 'signed', checkpoints: 4 });
  });

  test('goes on where it was', async () => {
    let archive = await lab.open();
    for (const entry of journal) {
      await archive.append([entry]);
      if (entry.record.sequence % 15 === 0) archive = await lab.reopen(archive);
    }
    expect(await lab.text()).toBe(textOf(journal));
  });

  test('begins another file before one grows too large, within an append too', async () => {
    const maxFileBytes = 3_000;
    let archive = await lab.open(maxFileBytes);
    await archive.append(journal.slice(0, 30));
    archive = await lab.reopen(archive, maxFileBytes);
    await archive.append(journal.slice(30));
    const names = await lab.files();
    expect(names.length).toBeGreaterThan(3);
    expect(names[0]).toBe(firstFile);
    for (const name of names) {
      expect((await stat(lab.pathOf(name))).size).toBeLessThanOrEqual(maxFileBytes);
      const [line = ''] = (await readFile(lab.pathOf(name), 'utf8')).split('\n');
      expect(Number(/\d{16}/.exec(name)?.[0])).toBe((JSON.parse(line) as Entry).record.sequence);
    }
    expect(await lab.text()).toBe(textOf(journal));
    for (const from of [1, 2, 17, 40]) expect(await readAll(archive, from)).toEqual(journal.slice(from - 1));
  });

  test('writes a record that is larger than a file into a file of its own', async () => {
    const archive = await lab.open(10);
    await archive.append(journal.slice(0, 3));
    expect(await lab.files()).toHaveLength(3);
    expect(await readAll(await lab.reopen(archive, 10))).toEqual(journal.slice(0, 3));
  });

  test('passes over what it has, so that an append may run twice (invariant 11)', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 20));
    await archive.append(journal.slice(0, 20));
    await archive.append(journal.slice(3, 7));
    await archive.append(journal.slice(10, 25));
    await archive.append([]);
    expect(await lab.text()).toBe(textOf(journal.slice(0, 25)));
  });

  test('takes appends at the same time one after the other', async () => {
    const archive = await lab.open();
    await Promise.all(journal.map((entry) => archive.append([entry])));
    expect(await lab.text()).toBe(textOf(journal));
  });

  test.each([
    ['leaves one out', [journal[6]]],
    ['leaves one out among themselves', [journal[5], journal[7]]],
    ['are of another journal', [appendTo({ sequence: 5, hash: headOf(journal[5] as Entry).hash }, eventOf(6))]],
    ['are of another journal, and older', [appendTo(emptyHead, eventOf(1))]],
    ['are of another journal, and of the same number', [appendTo(headOf(journal[3] as Entry), eventOf(1))]],
  ])('refuses entries that do not follow: what %s', async (_name, entries) => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await expect(archive.append(entries as Entry[])).rejects.toMatchObject({ name: 'EvidenceError', code: 'not_next' });
    await archive.append(journal.slice(5));
    expect(await lab.text()).toBe(textOf(journal));
  });

  test('refuses an entry that is not as it was made', async () => {
    const archive = await lab.open();
    const [first] = journal as [Entry];
    const changed = { ...first, record: { ...first.record, at: '2026-01-01T00:00:00Z' } };
    await expect(archive.append([changed])).rejects.toMatchObject({ code: 'bad_record' });
    expect(await lab.text()).toBe('');
  });
});
