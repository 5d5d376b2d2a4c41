import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { OpenArchive } from '../../../src/evidence/archive/journal-archive.ts';
import { appendTo, type Entry, emptyHead, type Head, headOf } from '../../../src/evidence/journal/chain.ts';
import { lineOf } from '../../../src/evidence/journal/entry-line.ts';
import { verifyJournal } from '../../../src/evidence/journal/verify-journal.ts';
import { eventOf, journalOf, newPair } from '../evidence-lab.ts';

/** Where a test's journal lies, in parts: files or objects. */
export interface ArchivePlace {
  /** Once no living writer has it. No part is to grow beyond so many bytes. */
  open(maxPartBytes?: number): Promise<OpenArchive>;
  /** Names of the parts, in order. */
  parts(): Promise<string[]>;
  read(part: string): Promise<Buffer>;
  /** Puts something else in a part's place, or takes it away, as nobody should. */
  replace(part: string, content: Buffer | string | undefined): Promise<void>;
  /** What `verifyJournal` is given. */
  lines(): AsyncIterable<string>;
  stop(): Promise<void>;
}

export const firstPart = 'journal-0000000000000001.jsonl';

export async function readAll(archive: OpenArchive, from = 1): Promise<Entry[]> {
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

/** All that a place holds. */
export async function textIn(place: ArchivePlace): Promise<string> {
  return (await Promise.all((await place.parts()).map((part) => place.read(part)))).join('');
}

const pair = newPair();
const journal = journalOf(40, 10, pair);

/** What every archive promises, whatever it keeps journals in. */
export function describeArchive(name: string, start: () => Promise<ArchivePlace>): void {
  let place: ArchivePlace;
  beforeEach(async () => {
    place = await start();
  });
  afterEach(() => place.stop());

  /** As after an orderly end. */
  async function reopen(archive: OpenArchive, maxPartBytes?: number): Promise<OpenArchive> {
    await archive.close();
    return await place.open(maxPartBytes);
  }

  describe(name, () => {
    test('has what was appended, in lines that verify', async () => {
      const archive = await place.open();
      expect(await archive.head()).toEqual(emptyHead);
      await archive.append(journal.slice(0, 15));
      await archive.append(journal.slice(15));
      expect(await archive.head()).toEqual(lastOf(journal));
      expect(await readAll(archive)).toEqual(journal);
      expect(await readAll(archive, 33)).toEqual(journal.slice(32));
      expect(await readAll(archive, 41)).toEqual([]);
      expect(await textIn(place)).toBe(textOf(journal));
      expect(await verifyJournal(place.lines(), pair.trusted)).toMatchObject({ is: 'signed', checkpoints: 4 });
    });

    test('goes on where it was', async () => {
      let archive = await place.open();
      for (const entry of journal) {
        await archive.append([entry]);
        if (entry.record.sequence % 15 === 0) archive = await reopen(archive);
      }
      expect(await archive.head()).toEqual(lastOf(journal));
      expect(await textIn(place)).toBe(textOf(journal));
    });

    test('begins another part before one grows too large, within an append too', async () => {
      const maxPartBytes = 3_000;
      let archive = await place.open(maxPartBytes);
      await archive.append(journal.slice(0, 30));
      archive = await reopen(archive, maxPartBytes);
      await archive.append(journal.slice(30));
      const names = await place.parts();
      expect(names.length).toBeGreaterThan(3);
      expect(names[0]).toBe(firstPart);
      for (const part of names) {
        const content = await place.read(part);
        expect(content.length).toBeLessThanOrEqual(maxPartBytes);
        const [line = ''] = content.toString().split('\n');
        expect(Number(/\d{16}/.exec(part)?.[0])).toBe((JSON.parse(line) as Entry).record.sequence);
      }
      expect(await textIn(place)).toBe(textOf(journal));
      for (const from of [1, 2, 17, 40]) expect(await readAll(archive, from)).toEqual(journal.slice(from - 1));
    });

    test('writes a record that is larger than a part into a part of its own', async () => {
      const archive = await place.open(10);
      await archive.append(journal.slice(0, 3));
      expect(await place.parts()).toHaveLength(3);
      expect(await readAll(await reopen(archive, 10))).toEqual(journal.slice(0, 3));
    });

    test('passes over what it has, so that an append may run twice (invariant 11)', async () => {
      const archive = await place.open();
      await archive.append(journal.slice(0, 20));
      await archive.append(journal.slice(0, 20));
      await archive.append(journal.slice(3, 7));
      await archive.append(journal.slice(10, 25));
      await archive.append([]);
      expect(await textIn(place)).toBe(textOf(journal.slice(0, 25)));
    });

    test('takes appends at the same time one after the other', async () => {
      const archive = await place.open();
      await Promise.all(journal.map((entry) => archive.append([entry])));
      expect(await textIn(place)).toBe(textOf(journal));
    });

    test.each([
      ['leaves one out', [journal[6]]],
      ['leaves one out among themselves', [journal[5], journal[7]]],
      ['are of another journal', [appendTo({ sequence: 5, hash: headOf(journal[5] as Entry).hash }, eventOf(6))]],
      ['are of another journal, and older', [appendTo(emptyHead, eventOf(1))]],
      ['are of another journal, and of the same number', [appendTo(headOf(journal[3] as Entry), eventOf(1))]],
    ])('refuses entries that do not follow: what %s', async (_name, entries) => {
      const archive = await place.open();
      await archive.append(journal.slice(0, 5));
      const refused = { name: 'EvidenceError', code: 'not_next' };
      await expect(archive.append(entries as Entry[])).rejects.toMatchObject(refused);
      await archive.append(journal.slice(5));
      expect(await textIn(place)).toBe(textOf(journal));
    });

    test('refuses an entry that is not as it was made', async () => {
      const archive = await place.open();
      const [first] = journal as [Entry];
      const changed = { ...first, record: { ...first.record, at: '2026-01-01T00:00:00Z' } };
      await expect(archive.append([changed])).rejects.toMatchObject({ code: 'bad_record' });
      expect(await textIn(place)).toBe('');
    });

    test('takes nothing once it is closed', async () => {
      const archive = await place.open();
      await archive.close();
      await archive.close();
      await expect(archive.append(journal)).rejects.toMatchObject({ code: 'archive_failed' });
    });

    test.each([
      ['a changed record', (text: string) => text.replace('2027', '2026'), 'line 1 of'],
      ['a missing record', (text: string) => text.split('\n').toSpliced(2, 1).join('\n'), 'line 3 of'],
      ['a part of another name', (text: string) => text.split('\n').slice(1).join('\n'), 'line 1 of'],
      ['a line of something else', (text: string) => `${text}hello\n`, 'line 6 of'],
      [
        'bytes that are no UTF-8',
        (text: string) => Buffer.concat([Buffer.from(text), Buffer.of(0xff, 0x0a)]),
        'line 6 of',
      ],
      ['a line without an end to it', (text: string) => `${text}${'x'.repeat(300_000)}\n`, 'line 6 of'],
    ])('does not open over %s, and says where', async (_name, damage, where) => {
      const archive = await place.open();
      await archive.append(journal.slice(0, 5));
      await archive.close();
      await place.replace(firstPart, damage(textOf(journal.slice(0, 5))));
      const refused = { code: 'archive_damaged', message: expect.stringContaining(where) };
      await expect(place.open()).rejects.toMatchObject(refused);
      await place.replace(firstPart, textOf(journal.slice(0, 5)));
      expect(await (await place.open()).head()).toEqual(lastOf(journal.slice(0, 5)));
    });

    test('reads no further than to a damage', async () => {
      const archive = await place.open();
      await archive.append(journal);
      await place.replace(firstPart, textOf(journal).split('\n').toSpliced(20, 1).join('\n'));
      const read: Entry[] = [];
      const reading = (async () => {
        for await (const entry of archive.records(1)) read.push(entry);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'archive_damaged' });
      expect(read).toEqual(journal.slice(0, 20));
    });

    test('verifies no more when a part was changed, taken away, or put in the place of another, and names the record', async () => {
      await (await place.open(3_000)).append(journal);
      const [one = '', two = '', three = ''] = await place.parts();
      const [first, second, third] = await Promise.all([one, two, three].map((part) => place.read(part)));
      const fault = async () => await verifyJournal(place.lines(), pair.trusted);
      const secondRecord = Number(/\d{16}/.exec(two)?.[0]);
      const thirdRecord = Number(/\d{16}/.exec(three)?.[0]);

      await place.replace(two, String(second).replace('2027', '2026'));
      expect(await fault()).toMatchObject({ fault: { is: 'changed', sequence: secondRecord } });
      await place.replace(two, undefined);
      expect(await fault()).toMatchObject({ fault: { is: 'missing', from: secondRecord, to: thirdRecord - 1 } });
      await place.replace(two, third);
      await place.replace(three, second);
      expect(await fault()).toMatchObject({
        fault: { is: 'reordered', sequence: thirdRecord, expected: secondRecord },
      });
      await place.replace(three, third);
      await place.replace(two, second);
      await place.replace(one, `${String(first)}${String(second)}`);
      expect(await fault()).toMatchObject({ fault: { is: 'duplicated', sequence: secondRecord } });
      await place.replace(one, first);
      expect(await fault()).toMatchObject({ is: 'signed' });
    });
  });
}
