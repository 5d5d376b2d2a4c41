import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readS3Url, s3Problems, s3Settings } from '../src/index.ts';

const schema = z.object(s3Settings);

describe('the settings of a store', () => {
  test.each([
    ['s3://evidence', { bucket: 'evidence', prefix: '' }],
    ['s3://evidence/', { bucket: 'evidence', prefix: '' }],
    ['s3://evidence/session-queue', { bucket: 'evidence', prefix: 'session-queue/' }],
    ['s3://my.bucket_1/a/b.c/', { bucket: 'my.bucket_1', prefix: 'a/b.c/' }],
    ['s3://', undefined],
    ['s3:///a', undefined],
    ['s3://ab', undefined],
    ['s3://bucket//a', undefined],
    ['s3://bucket/a b', undefined],
    ['s3://bucket/a?b', undefined],
    ['https://bucket/a', undefined],
    ['/journals', undefined],
  ])('%s is a place or none', (text, place) => {
    expect(readS3Url(text)).toEqual(place);
    expect(schema.safeParse({ EVIDENCE_S3_URL: text }).success).toBe(place !== undefined);
  });

  test.each([
    { EVIDENCE_S3_ENDPOINT: 'minio:9000' },
    { EVIDENCE_S3_ENDPOINT: 'https://id:secret@minio.example.com' },
    { EVIDENCE_S3_REGION: 'Europe (Ireland)' },
    { EVIDENCE_S3_PATH_STYLE: 'yes' },
  ])('refuses %p', (settings) => {
    expect(schema.safeParse(settings).success).toBe(false);
  });

  test('says what does not fit together', () => {
    const url = 's3://evidence';
    const problems = (environment: Record<string, string>) =>
      s3Problems(schema.parse(environment)).map(({ name }) => name);
    expect(problems({})).toEqual([]);
    expect(problems({ EVIDENCE_S3_URL: url })).toEqual([]);
    expect(problems({ EVIDENCE_S3_REGION: 'eu-west-1' })).toEqual(['EVIDENCE_S3_REGION']);
    expect(problems({ EVIDENCE_S3_URL: url, EVIDENCE_S3_ACCESS_KEY_ID: 'a' })).toEqual([
      'EVIDENCE_S3_SECRET_ACCESS_KEY',
    ]);
    expect(problems({ EVIDENCE_S3_URL: url, EVIDENCE_S3_SECRET_ACCESS_KEY: 'a' })).toEqual([
      'EVIDENCE_S3_ACCESS_KEY_ID',
    ]);
  });
});
