import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard, type S3Fault } from '@session-queue/testing';
import { lastOf, readAll, textIn, textOf } from '../../core/test/evidence/archive/archive-behaviour.ts';
import { journalOf, newPair } from '../../core/test/evidence/evidence-lab.ts';
import { openS3Archives } from '../src/open-s3-archives.ts';
import { S3Lab } from './s3-lab.ts';

leakGuard();

const journal = journalOf(40, 10, newPair());

let lab: S3Lab;
beforeEach(async () => {
  lab = await S3Lab.start();
});
afterEach(() => lab.stop());

const put = (is: S3Fault['is']): S3Fault => ({ method: 'PUT', is });

describe('a record counts as archived', () => {
  test.each(['internal', 'slow-down', 'cut-before', 'cut-after'] as const)(
    'after a PUT that had to be asked for again (%s), once',
    async (is) => {
      const archive = await lab.open();
      await archive.append(journal.slice(0, 5));
      lab.server.faults.push(put(is));
      await archive.append(journal.slice(5, 9));
      await archive.append(journal);
      expect(await archive.head()).toEqual(lastOf(journal));
      expect(await lab.parts()).toHaveLength(3);
      expect(await textIn(lab)).toBe(textOf(journal));
    },
  );

  test('not while the store refuses: nothing is written then until the archive is opened again', async () => {
    const archive = await lab.open();
    await archive.append(journal.slice(0, 5));
    lab.server.faults.push(put('slow-down'), put('slow-down'), put('slow-down'));
    const failure = archive.append(journal.slice(0, 9));
    await expect(failure).rejects.toMatchObject({
      code: 'archive_failed',
      message: expect.stringContaining('SlowDown'),
    });
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, 5)));
    await expect(archive.append(journal)).rejects.toMatchObject({ code: 'archive_failed' });
    expect(await readAll(archive)).toEqual(journal.slice(0, 5));
    await archive.close();
    await (await lab.open()).append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });

  test('after a crash behind the PUT too: the archive that is opened then has it', async () => {
    const crashed = await lab.open();
    await crashed.append(journal.slice(0, 5));
    lab.server.faults.push(put('cut-after'), put('denied'));
    await expect(crashed.append(journal.slice(5, 9))).rejects.toMatchObject({ code: 'archive_failed' });
    const archive = await lab.open();
    expect(await archive.head()).toEqual(lastOf(journal.slice(0, 9)));
    await archive.append(journal);
    expect(await textIn(lab)).toBe(textOf(journal));
  });
});

describe('what is wrong is said, with a remedy and without a secret', () => {
  test.each([
    ['a wrong secret', { secret: 'another-secret' }, ['SignatureDoesNotMatch', 'EVIDENCE_S3_ACCESS_KEY_ID']],
    ['a bucket that is not there', { bucket: 'elsewhere' }, ['NoSuchBucket', 'EVIDENCE_S3_URL']],
  ])('%s', async (_name, options, words) => {
    const error: unknown = await (await lab.client(options)).open('north').catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'archive_failed' });
    expect(error).not.toHaveProperty('cause');
    for (const word of words) expect(String(error)).toContain(word);
    const everything = JSON.stringify(error, Object.getOwnPropertyNames(error));
    for (const secret of ['another-secret', ...Object.values(lab.server.credentials)])
      expect(everything).not.toContain(secret);
  });

  test('no credentials at all, and those of the environment are taken', async () => {
    const kept = { ...process.env };
    const place = { bucket: lab.server.bucket, prefix: 'journals/' };
    const client = await openS3Archives({ place, settings: { EVIDENCE_S3_ENDPOINT: lab.server.endpoint } });
    try {
      // Else it asks for a machine's role.
      process.env.AWS_EC2_METADATA_DISABLED = 'true';
      await expect(client.check()).rejects.toMatchObject({
        code: 'archive_failed',
        message: expect.stringContaining('EVIDENCE_S3_ACCESS_KEY_ID'),
      });
      process.env.AWS_ACCESS_KEY_ID = lab.server.credentials.accessKeyId;
      process.env.AWS_SECRET_ACCESS_KEY = lab.server.credentials.secretAccessKey;
      await client.check();
    } finally {
      process.env = kept;
      client.stop();
    }
  });

  test('access that is denied', async () => {
    lab.server.faults.push(put('denied'));
    await expect(lab.open()).rejects.toMatchObject({
      code: 'archive_failed',
      message: expect.stringContaining('PutObject'),
    });
    lab.server.faults.push({ method: 'GET', is: 'denied' });
    await expect(lab.open()).rejects.toMatchObject({ message: expect.stringContaining('ListBucket') });
    await lab.open();
  });

  test('a store that is silent, within its deadline', async () => {
    const client = await lab.client({ requestMs: 200 });
    lab.server.faults.push(put('silent'));
    await expect(client.open('north')).rejects.toMatchObject({
      code: 'archive_failed',
      message: expect.stringContaining('did not answer in time'),
    });
  });

  test('a store that is too slow for all of it, by the end that is set', async () => {
    const client = await lab.client();
    lab.server.faults.push({ method: 'GET', is: 'silent' });
    const opening = client.open('north', 0, { until: AbortSignal.timeout(300) });
    await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('did not answer in time') });
  });

  test('a store that is away', async () => {
    const client = await lab.client();
    await lab.server.stop();
    await expect(client.open('north')).rejects.toMatchObject({
      code: 'archive_failed',
      message: expect.stringContaining('cannot be reached'),
      cause: { message: expect.stringContaining('ECONNREFUSED') },
    });
    lab = await S3Lab.start();
  });
});
