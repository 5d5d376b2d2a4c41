import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { default as addFormats } from 'ajv-formats';
import { jobSchema } from '../src/intake/job-schemas.ts';
import { parsePlainJob } from '../src/intake/parse-plain-job.ts';

leakGuard();

const kinds = [
  ['deletion', 'delete', 'sessionIds', 'an-id'],
  ['resubmission', 'resubmit', 'submissions', 'YWJj'],
] as const;

describe.each(kinds)('the JSON Schema of a %s job', (kind, name, field, item) => {
  const file = new URL(`../../../docs/jobs/${name}.schema.json`, import.meta.url);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { examples: object[] };
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(written);
  const isTaken = (data: unknown): boolean => !('fault' in parsePlainJob(kind, data));

  test('in docs/jobs is as the code makes it (else: npm run docs)', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(jobSchema(kind))));
  });

  test('has an example that is good by the schema, and that a worker takes in', () => {
    expect(written.examples.length).toBeGreaterThan(0);
    for (const example of written.examples) expect([isValid(example), isTaken(example)]).toEqual([true, true]);
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    [
      'every note',
      { consumer: 'north', reason: 'why', requestedBy: 'ada', notBefore: '2026-01-31T08:00:00+01:00' },
      true,
    ],
    ['a priority and an address to call back', { priority: 'high', callbackUrl: 'https://example.org/ended' }, true],
    ['no items', { [field]: [] }, false],
    ['an empty item', { [field]: [''] }, false],
    ['an item that is no string', { [field]: [item, 7] }, false],
    ['too many items', { [field]: Array.from({ length: 5_001 }, () => item) }, false],
    ['a field that is not known', { verbose: true }, false],
    ['an odd consumer', { consumer: 'a/b' }, false],
    ['a control character', { reason: 'a\u0001b' }, false],
    ['a long reason', { reason: 'x'.repeat(501) }, false],
    ['a time that is none', { notBefore: 'tomorrow' }, false],
    ['an odd priority', { priority: 'urgent' }, false],
  ])('says of %s what the worker says', (_what, more, good) => {
    const data = { [field]: [item], ...more };
    expect([isValid(data), isTaken(data)]).toEqual([good, good]);
  });
});
