import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appendTo, type Entry, emptyHead, FileArchive, headOf, journalFileName } from '@session-queue/core/evidence';
import { leakGuard } from '@session-queue/testing';
import { lastOf, readAll, textOf } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { eventOf } from '../../core/test/evidence/evidence-lab.ts';
import { S3Lab } from './s3-lab.ts';

leakGuard();

const journal: Entry[] = [];
for (let number = 0; number < 2_000; number += 1) {
  journal.push(appendTo(number === 0 ? emptyHead : headOf(journal[number - 1] as Entry), eventOf(number)));
}

let lab: S3Lab;
beforeEach(async () => {
  lab = await S3Lab.start({ pageSize: 10 });
});
afterEach(() => lab.stop());

/** Puts records into objects of the given sizes, over and over. */
function fill(sizes: readonly number[], records: number): void {
  for (let [from, i] = [0, 0]; from < records; i += 1) {
    const to = Math.min(records, from + (sizes[i % sizes.length] ?? 1));
    lab.server.objects.set(`journals/north/${journalFileName(from + 1)}`, Buffer.from(textOf(journal.slice(from, to))));
    from = to;
  }
}

describe('an archive of many objects', () => {
  test.each([
    ['one record each', [1], 2_000],
    ['of all sizes', [1, 1, 1, 400, 2, 7, 90], 1_999],
    ['small ones behind large ones', [900, 900, 1], 1_850],
    ['one page', [40], 400],
    ['one more than a page', [40], 401],
    ['one', [9], 9],
  ])('finds its end without a look at all of them: %s', async (_name, sizes, records) => {
    fill(sizes, records);
    const archive = await lab.open();
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, records)));
    // Listing 2,000 objects ten at a time would take 200.
    expect(lab.asked()).toBeLessThan(30);
  });

  test('finds its end with one listing from a record near it, and without that where it is gone', async () => {
    await lab.stop();
    lab = await S3Lab.start();
    fill([1], 2_000);
    const client = await lab.client();
    await client.check();
    lab.asked();
    expect(await (await client.open('north', 1_900)).head()).toEqual(lastOf(journal));
    expect(lab.asked()).toBe(2);
    for (const near of [1, 500, 501, 1_400, 2_000, 2_499, 2_500, 1_000_000]) {
      expect(await (await client.open('north', near)).head()).toEqual(lastOf(journal));
    }
  });

  test('finds its end behind a gap, which it reads no further than to', async () => {
    fill([1], 2_000);
    for (let first = 300; first < 1_500; first += 1)
      lab.server.objects.delete(`journals/north/${journalFileName(first)}`);
    const archive = await lab.open();
    expect(await archive.head()).toEqual(lastOf(journal));
    await expect(readAll(archive, 290)).rejects.toMatchObject({
      code: 'archive_damaged',
      message: expect.stringContaining('0300.jsonl'),
    });
  });

  test('reads from any record on', async () => {
    fill([1, 7, 250, 30], 2_000);
    const archive = await lab.open();
    for (const from of [1, 2, 8, 9, 258, 259, 1_000, 1_999, 2_000]) {
      const [first] = journal.slice(from - 1);
      for await (const entry of archive.records(from)) {
        expect(entry).toEqual(first);
        break;
      }
    }
    expect(await readAll(archive, 1_700)).toEqual(journal.slice(1_699));
  });

  test('gives all lines in their order, and passes over what is no part of the journal', async () => {
    fill([30, 3, 1], 500);
    for (const name of ['journal-notes.jsonl', 'journal-1.jsonl', 'readme.txt', 'journal-0000000000000002.jsonl.bak']) {
      lab.server.objects.set(`journals/north/${name}`, Buffer.from('something else\n'));
    }
    const lines: string[] = [];
    for await (const line of lab.lines()) lines.push(line);
    expect(lines.map((line) => `${line}\n`).join('')).toBe(textOf(journal.slice(0, 500)));
    expect(await (await lab.open()).head()).toEqual(lastOf(journal.slice(0, 500)));
  });

  test('goes on as files when it is downloaded, and files go on as objects', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-queue-download-'));
    fill([30, 3, 1], 500);
    for (const part of await lab.parts()) await writeFile(join(folder, part), await lab.read(part));
    const files = await FileArchive.open({ folder });
    expect(await files.head()).toEqual(lastOf(journal.slice(0, 500)));
    await files.append(journal.slice(0, 700));
    await files.close();
    for (const name of await readdir(folder)) await lab.replace(name, await readFile(join(folder, name)));
    const objects = await lab.open();
    expect(await objects.head()).toEqual(lastOf(journal.slice(0, 700)));
    await objects.append(journal.slice(0, 800));
    const lines: string[] = [];
    for await (const line of lab.lines()) lines.push(line);
    expect(lines.map((line) => `${line}\n`).join('')).toBe(textOf(journal.slice(0, 800)));
    await rm(folder, { recursive: true });
  });

  test('costs one PUT a write, and none where nothing is new', async () => {
    const archive = await lab.open();
    lab.asked();
    await archive.append(journal.slice(0, 400));
    expect(lab.asked()).toBe(1);
    await archive.append([]);
    await archive.head();
    expect(lab.asked()).toBe(0);
  });
});
