import { appendFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { journalOf, newPair } from '../evidence-lab.ts';
import { firstPart, lastOf, readAll, textIn, textOf } from './archive-behaviour.ts';
import { ArchiveLab } from './archive-lab.ts';

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
    await appendFile(lab.pathOf(firstPart), half);
    archive = await lab.open();
    const whole = 5 + half.split('\n').length - 1;
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, whole)));
    await archive.append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });

  test('takes away zeros that the file system left', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    await appendFile(lab.pathOf(firstPart), Buffer.alloc(5_000));
    await (await lab.open()).append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });

  test.each(['', '{"hash":"12'])('goes on in a file that was just begun (%p in it)', async (text) => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    await archive.close();
    await writeFile(lab.pathOf('journal-0000000000000006.jsonl'), text);
    const again = await lab.open();
    expect(await again.head()).toEqual(lastOf(journal.slice(0, 5)));
    await again.append(journal);
    expect(await lab.parts()).toHaveLength(2);
    expect(await readAll(again)).toEqual(journal);
  });

  test('does not open when the file before the last one is missing', async () => {
    await writeFile(lab.pathOf('journal-0000000000000006.jsonl'), '');
    await expect(lab.open()).rejects.toMatchObject({ code: 'archive_damaged' });
  });
});
