import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import type { Entry } from '../../../src/evidence/journal/chain.ts';
import { journalOf, newPair } from '../evidence-lab.ts';
import { ArchiveLab, firstFile, lastOf, readAll, textOf } from './archive-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());

let lab: ArchiveLab;
beforeEach(async () => {
  lab = await ArchiveLab.start();
});
afterEach(() => lab.stop());

describe('after a crash an archive', () => {
  test.each([1, 50, 400])('takes away half a line of %d bytes, which was never acknowledged', async (bytes) => {
    let archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    const half = textOf(journal.slice(5, 8)).slice(0, bytes);
    await appendFile(lab.pathOf(firstFile), half);
    archive = await lab.open();
    const whole = 5 + half.split('\n').length - 1;
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, whole)));
    await archive.append(journal);
    expect(await lab.text()).toBe(textOf(journal));
  });

  test('takes away zeros that the file system left', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    await appendFile(lab.pathOf(firstFile), Buffer.alloc(5_000));
    await (await lab.open()).append(journal);
    expect(await lab.text()).toBe(textOf(journal));
  });

  test.each(['', '{"hash":"12'])('goes on in a file that was just begun (%p in it)', async (text) => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    await writeFile(lab.pathOf('journal-0000000000000006.jsonl'), text);
    const again = await lab.open();
    expect(await again.head()).toEqual(lastOf(journal.slice(0, 5)));
    await again.append(journal);
    expect(await lab.files()).toHaveLength(2);
    expect(await readAll(again)).toEqual(journal);
  });

  test.each([
    ['a changed record', (text: string) => text.replace('2027', '2026'), 'line 1 of'],
    ['a missing record', (text: string) => text.split('\n').toSpliced(2, 1).join('\n'), 'line 3 of'],
    ['a file of another name', (text: string) => text.split('\n').slice(1).join('\n'), 'line 1 of'],
    ['a line of something else', (text: string) => `${text}hello\n`, 'line 6 of'],
    [
      'bytes that are no UTF-8',
      (text: string) => Buffer.concat([Buffer.from(text), Buffer.of(0xff, 0x0a)]),
      'line 6 of',
    ],
    ['a line without an end to it', (text: string) => `${text}${'x'.repeat(300_000)}\n`, 'line 6 of'],
  ])('does not open over %s, and says where', async (_name, damage, place) => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    const path = lab.pathOf(firstFile);
    await writeFile(path, damage(textOf(journal.slice(0, 5))));
    const opening = lab.open();
    await expect(opening).rejects.toMatchObject({ code: 'archive_damaged', message: expect.stringContaining(place) });
    await writeFile(path, textOf(journal.slice(0, 5)));
    expect(await (await lab.open()).head()).toEqual(lastOf(journal.slice(0, 5)));
  });

  test('does not open when the file before the last one is missing', async () => {
    await writeFile(lab.pathOf('journal-0000000000000006.jsonl'), '');
    await expect(lab.open()).rejects.toMatchObject({ code: 'archive_damaged' });
  });

  test('reads no further than to a damage', async () => {
    const archive = await lab.open();
    await archive.append(journal);
    const path = lab.pathOf(firstFile);
    await writeFile(path, textOf(journal).split('\n').toSpliced(20, 1).join('\n'));
    const read: Entry[] = [];
    const reading = (async () => {
      for await (const entry of archive.records(1)) read.push(entry);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'archive_damaged' });
    expect(read).toEqual(journal.slice(0, 20));
  });
});
