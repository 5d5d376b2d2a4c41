import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { base64, refused, stage } from './stage/stage.ts';

const submissions = Array.from({ length: 50 }, (_, place) => base64(`submission ${place} + / ÿ`));

describe('a resubmission', () => {
  test('of 50 submissions is answered with an object that holds the reference', async () => {
    const { resubmission, now } = await stage();
    const reply = await resubmission(submissions);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({
      meta: { status: true, timestamp: Math.floor(now() / 1000) },
      data: { job_reference: expect.any(String) },
    });
  });

  test.each([
    ['no data', { data: undefined }, 20000],
    ['no format', { data_format: undefined }, 20000],
    ['another format', { data_format: 'session' }, 20004],
    ['an empty list', { data: [] }, 20001],
    ['51 submissions', { data: [...submissions, 'AAAA'] }, 20002],
    ['an object', { data: [{}] }, 20003],
    ['text that is not base64', { data: ['AAAA', 'not base64!'] }, 20004],
    ['base64 without its padding', { data: ['AAA'] }, 20004],
    ['a flag that is no boolean', { ignore_response_revisions: 'true' }, 20003],
  ])('with %s is refused', async (_, change, code) => {
    const { resubmission } = await stage();
    expect(refused(await resubmission(['AAAA'], change))).toEqual({ status: 400, code });
  });

  test('is booked by the digest of its text, with the flag, and stored when its job completes', async () => {
    const { resubmission, advance, fake } = await stage();
    const [one = '', two = ''] = submissions;
    await resubmission([one, two]);
    await resubmission([one], { ignore_response_revisions: true });
    expect(fake.submission(one)).toEqual({ calls: 2, ignoringRevisions: 1, stored: 0 });
    advance(10_000);
    expect(fake.submission(one)).toEqual({ calls: 2, ignoringRevisions: 1, stored: 2 });
    expect(fake.submission('AAAA')).toEqual({ calls: 0, ignoringRevisions: 0, stored: 0 });
    expect(fake.books().submissions).toEqual({ held: 3, distinct: 2, repeated: 1, stored: 3 });
    expect(fake.fullBooks().perSubmission).toEqual({
      [createHash('sha256').update(one).digest('hex')]: { calls: 2, ignoringRevisions: 1, stored: 2 },
      [createHash('sha256').update(two).digest('hex')]: { calls: 1, ignoringRevisions: 0, stored: 1 },
    });
  });

  test('of 4 MB arrives whole', async () => {
    const { resubmission, fake } = await stage();
    const large = base64('x'.repeat(3_000_000));
    expect((await resubmission([large])).status).toBe(200);
    expect(fake.submission(large).calls).toBe(1);
  });
});
