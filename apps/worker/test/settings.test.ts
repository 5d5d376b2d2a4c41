import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createKeyPair } from '@session-queue/core/evidence';
import { readWorkerSettings } from '../src/settings.ts';

const consumer = {
  LEARNOSITY_CONSUMER_KEY: 'key',
  LEARNOSITY_CONSUMER_SECRET: 'secret',
  LEARNOSITY_DOMAIN: 'example.com',
};
const url = 's3://evidence/session-queue';

let folder: string;
let withKey: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-queue-settings-'));
  await writeFile(join(folder, 'key'), createKeyPair().privatePem);
  await writeFile(join(folder, 'secret'), 'from-a-file\n');
  withKey = { EVIDENCE_KEY_FILE: join(folder, 'key') };
});
afterAll(async () => await rm(folder, { recursive: true }));

const read = (change: Record<string, string>) => readWorkerSettings({ ...consumer, ...change });

describe('where the journal is written out', () => {
  test('is a folder, or a place in a store, whose secret may stand in a file', () => {
    expect(read({ ...withKey, EVIDENCE_DIR: '/journal' }).EVIDENCE_S3_URL).toBeUndefined();
    const secret = { EVIDENCE_S3_ACCESS_KEY_ID: 'id', EVIDENCE_S3_SECRET_ACCESS_KEY_FILE: join(folder, 'secret') };
    expect(read({ ...withKey, EVIDENCE_S3_URL: url, ...secret })).toMatchObject({
      EVIDENCE_S3_URL: { bucket: 'evidence', prefix: 'session-queue/' },
      EVIDENCE_S3_SECRET_ACCESS_KEY: 'from-a-file',
    });
  });

  test.each([
    ['a store without a key to sign with', { EVIDENCE_S3_URL: url }, 'EVIDENCE_S3_URL needs EVIDENCE_KEY_FILE'],
    [
      'a folder and a store',
      { EVIDENCE_S3_URL: url, EVIDENCE_DIR: '/journal' },
      'cannot be set together with EVIDENCE_DIR',
    ],
    ['a store as a folder', { EVIDENCE_DIR: url }, 'EVIDENCE_DIR is a folder: name a store in EVIDENCE_S3_URL'],
    ['no address of a store', { EVIDENCE_S3_URL: 'evidence' }, 'EVIDENCE_S3_URL must be s3://bucket'],
    [
      'half a key',
      { EVIDENCE_S3_URL: url, EVIDENCE_S3_ACCESS_KEY_ID: 'id' },
      'EVIDENCE_S3_SECRET_ACCESS_KEY is missing',
    ],
    ['a region for nothing', { EVIDENCE_S3_REGION: 'eu-west-1' }, 'EVIDENCE_S3_REGION needs EVIDENCE_S3_URL'],
  ])('is refused where it is %s', (name, change, reason) => {
    const environment = name.includes('without a key') ? change : { ...withKey, ...change };
    expect(() => read(environment as Record<string, string>)).toThrow(reason);
  });
});
