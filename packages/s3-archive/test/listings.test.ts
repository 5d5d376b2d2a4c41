import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { journalFileName } from '@session-queue/core/evidence';
import { leakGuard, type S3Fault } from '@session-queue/testing';
import { lastOf, textOf } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { journalOf, newPair } from '../../core/test/evidence/evidence-lab.ts';
import { S3Lab } from './s3-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());
const folder = 'journals/north/';

let lab: S3Lab;
beforeEach(async () => {
  lab = await S3Lab.start({ pageSize: 3 });
  for (let from = 0; from < journal.length; from += 2) {
    const part = textOf(journal.slice(from, from + 2));
    lab.server.objects.set(`${folder}${journalFileName(from + 1)}`, Buffer.from(part));
  }
});
afterEach(() => lab.stop());

const listing = (is: S3Fault['is']): S3Fault => ({ method: 'GET', is, key: '' });

async function textRead(): Promise<string> {
  let text = '';
  for await (const line of lab.lines()) text += `${line}\n`;
  return text;
}

describe('a listing', () => {
  test('with an empty page is no end of the journal, wherever it comes', async () => {
    for (let pages = 0; pages < 6; pages += 1) {
      let text = '';
      for await (const line of (await lab.client()).lines('north')) {
        if (text.length === textOf(journal.slice(0, 4 * pages)).length) lab.server.faults.push(listing('empty-page'));
        text += `${line}\n`;
      }
      expect(text).toBe(textOf(journal));
    }
    lab.server.faults.push(listing('empty-page'), listing('empty-page'));
    expect(await textRead()).toBe(textOf(journal));
  });

  test('with empty pages does not hide the end that an archive goes on behind', async () => {
    const client = await lab.client();
    await client.check();
    for (const near of [0, 20, 4_000]) {
      lab.server.faults.push(listing('empty-page'), listing('empty-page'));
      expect(await (await client.open('north', near)).head()).toEqual(lastOf(journal));
    }
  });

  test('with a page of keys that are no part of it is no end either', async () => {
    const other = `${folder}${journalFileName(9)}`;
    for (let i = 0; i < 7; i += 1) lab.server.objects.set(`${other}.copy-${i}`, Buffer.from('{}\n'));
    expect(await textRead()).toBe(textOf(journal));
  });

  test('that breaks off is a failure, and nothing is read or opened', async () => {
    const client = await lab.client();
    await client.check();
    const failure = { code: 'archive_failed', message: expect.stringContaining('half-way') };
    lab.server.faults.push(listing('no-token'));
    await expect(client.open('north')).rejects.toMatchObject(failure);
    lab.server.faults.push(listing('no-token'));
    await expect(client.lines('north').next()).rejects.toMatchObject(failure);
  });

  test('that names an object which is gone makes the journal faulty, and not shorter', async () => {
    const last = `${folder}${journalFileName(journal.length - 1)}`;
    lab.server.faults.push({ method: 'GET', is: 'gone', key: last });
    await expect(textRead()).rejects.toMatchObject({
      code: 'archive_damaged',
      message: expect.stringContaining(last.slice('journals/'.length)),
    });
  });
});
