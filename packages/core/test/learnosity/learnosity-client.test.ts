import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { builtInSigner } from '../../src/learnosity/signer.ts';
import { accountAt, success } from './stand-in.ts';
import { errorOf, openWire } from './wire.ts';

leakGuard();

const id = '88336e4c-04de-4274-ae31-39957b230f98';
const submission = Buffer.from('{"session":1}').toString('base64');
const secret = accountAt('').secret;
const wire = openWire();

describe('a call', () => {
  test('is a signed form with its routing headers, at the version of the consumer', async () => {
    wire.standIn.answer(success([{ job_reference: 'job-1' }]));
    await wire.client({ now: () => Date.parse('2026-06-10T12:34:56Z') }).deleteSessions([id, 'a&b=c d+é']);
    const [arrival] = wire.standIn.arrivals;
    expect(arrival?.path).toBe('/v2026.2.LTS/sessions');
    expect(arrival?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'x-learnosity-consumer': 'yis0TYCu7U9V4o7M',
      'x-learnosity-action': 'delete_/sessions',
      'x-learnosity-sdk': 'Node.js:0.7.2',
    });
    const form = Object.fromEntries(arrival?.form ?? []);
    const { key, domain } = accountAt('');
    const at = new Date('2026-06-10T12:34:56Z');
    const request = { session_ids: [id, 'a&b=c d+é'] };
    expect(form).toEqual(builtInSigner.sign({ key, secret, domain, action: 'delete', request, at }));
  });

  test('is signed afresh each time', async () => {
    wire.standIn.answer(success([{ job_reference: 'job-1' }]));
    let now = Date.parse('2026-06-10T12:00:00Z');
    const learnosity = wire.client({ now: () => now });
    await learnosity.deleteSessions([id]);
    now += 60_000;
    await learnosity.deleteSessions([id]);
    const timestamps = wire.standIn.arrivals.map(({ form }) => JSON.parse(form.get('security') ?? '').timestamp);
    expect(timestamps).toEqual(['20260610-1200', '20260610-1201']);
  });

  test('goes to a base URL with a path, with or without a slash at its end', async () => {
    wire.standIn.answer(success([{ job_reference: 'job-1' }]));
    const account = accountAt(`${wire.standIn.url}/proxy/`);
    await wire.client({ account }).deleteSessions([id]);
    expect(wire.standIn.arrivals[0]?.path).toBe('/proxy/v2026.2.LTS/sessions');
    expect(wire.standIn.arrivals[0]?.headers['x-learnosity-action']).toBe('delete_/sessions');
  });

  test('never goes over plain http beyond loopback', () => {
    expect(() => wire.client({ account: accountAt('http://data.learnosity.com') })).toThrow('plain http');
  });
});

describe('deleteSessions and submitFailedSubmissions', () => {
  test.each([
    ['an array', [{ job_reference: 'job-1' }]],
    ['an object', { job_reference: 'job-1' }],
  ])('take the job reference from %s', async (_shape, data) => {
    wire.standIn.answer(success(data));
    const learnosity = wire.client();
    expect(await learnosity.deleteSessions([id])).toMatchObject({ jobReference: 'job-1', headersArrived: true });
    const submit = learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: false });
    expect(await submit).toMatchObject({ jobReference: 'job-1', headersArrived: true });
  });

  test('send submissions in their own format', async () => {
    wire.standIn.answer(success({ job_reference: 'job-1' }));
    await wire.client().submitFailedSubmissions([submission, submission], { ignoreResponseRevisions: true });
    const [arrival] = wire.standIn.arrivals;
    expect(arrival?.form.get('action')).toBe('set');
    expect(arrival?.headers['x-learnosity-action']).toBe('set_/sessions');
    expect(arrival?.request).toEqual({
      data_format: 'failed_submission',
      data: [submission, submission],
      ignore_response_revisions: true,
    });
  });

  test('give submissions that ignore revisions a connection of their own', async () => {
    wire.standIn.answer(success({ job_reference: 'job-1' }));
    const learnosity = wire.client();
    await learnosity.deleteSessions([id]);
    await learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: true });
    await learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: false });
    const [first, own, shared] = wire.standIn.arrivals.map(({ connection }) => connection);
    expect(own).not.toBe(first);
    expect(shared).toBe(first);
  });

  test.each([0, 51])('refuse %i items before anything is sent', async (count) => {
    const items = Array.from({ length: count }, () => id);
    await expect(wire.client().deleteSessions(items)).rejects.toThrow(RangeError);
    await expect(wire.client().getJobs(items)).rejects.toThrow(RangeError);
    const submit = wire.client().submitFailedSubmissions(items, { ignoreResponseRevisions: false });
    await expect(submit).rejects.toThrow(RangeError);
    expect(wire.standIn.arrivals).toHaveLength(0);
  });

  test('tell how long ago the headers came, not the body', async () => {
    wire.standIn.answer((response) => {
      response.writeHead(200);
      response.write('{"meta":{"status":true},');
      setTimeout(() => response.end('"data":{"job_reference":"job-1"}}'), 600);
    });
    const { msSinceHeaders } = await wire.client().deleteSessions([id]);
    expect(msSinceHeaders).toBeGreaterThan(60);
    expect(msSinceHeaders).toBeLessThan(2_000);
  });

  test.each<[string, unknown]>([
    ['no data', undefined],
    ['an empty array', []],
    ['two jobs', [{ job_reference: 'job-1' }, { job_reference: 'job-2' }]],
    ['an empty reference', { job_reference: '' }],
    ['a number', { job_reference: 7 }],
  ])('take a success with %s for an unknown outcome', async (_name, data) => {
    wire.standIn.answer(success(data));
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'unknown',
      code: 'UNREADABLE',
      httpStatus: 200,
      headersArrived: true,
    });
  });
});
