import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { lastOf, textIn, textOf } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { journalOf, newPair } from '../../core/test/evidence/evidence-lab.ts';
import { S3Lab } from './s3-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());

let lab: S3Lab;
beforeEach(async () => {
  lab = await S3Lab.start();
});
afterEach(() => lab.stop());

describe('of two writers of one archive', () => {
  test('one gets a record in, and the other is told and writes no more', async () => {
    const [one, other] = [await lab.open(), await lab.open()];
    await one.append(journal.slice(0, 5));
    await expect(other.append(journal.slice(0, 7))).rejects.toMatchObject({ code: 'archive_taken' });
    await expect(other.append(journal.slice(0, 7))).rejects.toMatchObject({ code: 'archive_failed' });
    expect(await textIn(lab)).toBe(textOf(journal.slice(0, 5)));
    await one.append(journal.slice(5, 9));
    expect(await textIn(lab)).toBe(textOf(journal.slice(0, 9)));
  });

  test('at the same moment one gets in, whatever each would write', async () => {
    const archives = await Promise.all(Array.from({ length: 6 }, async () => await (await lab.client()).open('north')));
    const found = await Promise.allSettled(archives.map((archive, i) => archive.append(journal.slice(0, i + 2))));
    expect(found.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await lab.parts()).toHaveLength(1);
  });

  test('one that slept while the other went on writes nothing, however far that is', async () => {
    const sleeper = await lab.open();
    await sleeper.append(journal.slice(0, 5));
    let other = await lab.open();
    for (let to = 8; to <= 20; to += 4) {
      await other.append(journal.slice(0, to));
      await other.close();
      other = await lab.open();
    }
    await expect(sleeper.append(journal.slice(0, 40))).rejects.toMatchObject({ code: 'archive_taken' });
    expect(await textIn(lab)).toBe(textOf(journal.slice(0, 20)));
    const again = await lab.open();
    expect(await again.head()).toEqual(lastOf(journal.slice(0, 20)));
    await again.append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });

  test('both are content when they wrote the same', async () => {
    const [one, other] = [await lab.open(), await lab.open()];
    await one.append(journal.slice(0, 5));
    await other.append(journal.slice(0, 5));
    expect(await other.head()).toEqual(lastOf(journal.slice(0, 5)));
    expect(await textIn(lab)).toBe(textOf(journal.slice(0, 5)));
  });
});

describe('a store that would overwrite', () => {
  test.each(['ignores', 'unknown'] as const)(
    'is not used (it %s If-None-Match), and nothing is written into a journal',
    async (conditionalWrites) => {
      await lab.stop();
      lab = await S3Lab.start({ conditionalWrites });
      const refused = { code: 'archive_unfit', message: expect.stringContaining('If-None-Match') };
      await expect(lab.open()).rejects.toMatchObject(refused);
      await expect(lab.open()).rejects.toMatchObject(refused);
      expect(await lab.parts()).toEqual([]);
    },
  );

  test('is found out by one object, which stays', async () => {
    await lab.open();
    expect(lab.server.calls.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'PUT 200',
      'PUT 412',
      'GET 200',
      'GET 200',
    ]);
    lab.asked();
    await lab.open();
    expect(lab.server.calls).toMatchObject([{ method: 'GET', key: '' }]);
    lab.asked();
    await (await lab.client()).open('south');
    expect(lab.server.calls.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'PUT 412',
      'GET 200',
      'GET 200',
    ]);
    expect(lab.server.keys()).toEqual(['journals/never-overwritten']);
  });
});
