import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort, leakGuard } from '@session-queue/testing';
import {
  createLearnosityClient,
  type LearnosityClient,
  type LearnosityClientOptions,
} from '../../src/learnosity/learnosity-client.ts';
import { LearnosityError } from '../../src/learnosity/learnosity-error.ts';
import { builtInSigner } from '../../src/learnosity/signer.ts';
import { createTransport, type Transport } from '../../src/learnosity/transport.ts';
import { accountAt, failure, json, type StandIn, startStandIn, success } from './stand-in.ts';

leakGuard();

const id = '88336e4c-04de-4274-ae31-39957b230f98';
const otherId = '58023cd7-3158-4b47-9708-34f976466cd7';
const submission = Buffer.from('{"session":1}').toString('base64');
const secret = accountAt('').secret;

let standIn: StandIn;
let transport: Transport;

beforeAll(async () => {
  standIn = await startStandIn();
});
afterAll(async () => {
  await standIn.stop();
});
beforeEach(() => {
  transport = createTransport();
  standIn.arrivals.length = 0;
});
afterEach(() => {
  transport.stop();
});

function client(options: Partial<LearnosityClientOptions> = {}): LearnosityClient {
  return createLearnosityClient({ account: accountAt(standIn.url), transport, signer: builtInSigner, ...options });
}

async function errorOf(call: Promise<unknown>): Promise<LearnosityError> {
  const error = await call.then(
    () => undefined,
    (rejected: unknown) => rejected,
  );
  if (!(error instanceof LearnosityError)) throw new Error('the call did not fail', { cause: error });
  expect(error.cause).toBeDefined();
  return error;
}

describe('a call', () => {
  test('is a signed form with its routing headers, at the version of the consumer', async () => {
    standIn.answer(success([{ job_reference: 'job-1' }]));
    await client({ now: () => Date.parse('2026-06-10T12:34:56Z') }).deleteSessions([id, 'a&b=c d+é']);
    const [arrival] = standIn.arrivals;
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
    standIn.answer(success([{ job_reference: 'job-1' }]));
    let now = Date.parse('2026-06-10T12:00:00Z');
    const learnosity = client({ now: () => now });
    await learnosity.deleteSessions([id]);
    now += 60_000;
    await learnosity.deleteSessions([id]);
    const timestamps = standIn.arrivals.map(({ form }) => JSON.parse(form.get('security') ?? '').timestamp);
    expect(timestamps).toEqual(['20260610-1200', '20260610-1201']);
  });

  test('goes to a base URL with a path, with or without a slash at its end', async () => {
    standIn.answer(success([{ job_reference: 'job-1' }]));
    const account = accountAt(`${standIn.url}/proxy/`);
    await client({ account }).deleteSessions([id]);
    expect(standIn.arrivals[0]?.path).toBe('/proxy/v2026.2.LTS/sessions');
    expect(standIn.arrivals[0]?.headers['x-learnosity-action']).toBe('delete_/sessions');
  });

  test('never goes over plain http beyond loopback', () => {
    expect(() => client({ account: accountAt('http://data.learnosity.com') })).toThrow('plain http');
  });
});

describe('deleteSessions and submitFailedSubmissions', () => {
  test.each([
    ['an array', [{ job_reference: 'job-1' }]],
    ['an object', { job_reference: 'job-1' }],
  ])('take the job reference from %s', async (_shape, data) => {
    standIn.answer(success(data));
    const learnosity = client();
    expect(await learnosity.deleteSessions([id])).toMatchObject({ jobReference: 'job-1', headersArrived: true });
    const submit = learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: false });
    expect(await submit).toMatchObject({ jobReference: 'job-1', headersArrived: true });
  });

  test('send submissions in their own format', async () => {
    standIn.answer(success({ job_reference: 'job-1' }));
    await client().submitFailedSubmissions([submission, submission], { ignoreResponseRevisions: true });
    const [arrival] = standIn.arrivals;
    expect(arrival?.form.get('action')).toBe('set');
    expect(arrival?.headers['x-learnosity-action']).toBe('set_/sessions');
    expect(arrival?.request).toEqual({
      data_format: 'failed_submission',
      data: [submission, submission],
      ignore_response_revisions: true,
    });
  });

  test('give submissions that ignore revisions a connection of their own', async () => {
    standIn.answer(success({ job_reference: 'job-1' }));
    const learnosity = client();
    await learnosity.deleteSessions([id]);
    await learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: true });
    await learnosity.submitFailedSubmissions([submission], { ignoreResponseRevisions: false });
    const [first, own, shared] = standIn.arrivals.map(({ connection }) => connection);
    expect(own).not.toBe(first);
    expect(shared).toBe(first);
  });

  test.each([0, 51])('refuse %i items before anything is sent', async (count) => {
    const items = Array.from({ length: count }, () => id);
    await expect(client().deleteSessions(items)).rejects.toThrow(RangeError);
    await expect(client().getJobs(items)).rejects.toThrow(RangeError);
    const submit = client().submitFailedSubmissions(items, { ignoreResponseRevisions: false });
    await expect(submit).rejects.toThrow(RangeError);
    expect(standIn.arrivals).toHaveLength(0);
  });

  test('tell how long ago the headers came, not the body', async () => {
    standIn.answer((response) => {
      response.writeHead(200);
      response.write('{"meta":{"status":true},');
      setTimeout(() => response.end('"data":{"job_reference":"job-1"}}'), 600);
    });
    const { msSinceHeaders } = await client().deleteSessions([id]);
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
    standIn.answer(success(data));
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'unknown',
      code: 'UNREADABLE',
      httpStatus: 200,
      headersArrived: true,
    });
  });
});

describe('getJobs', () => {
  test('asks for every status, a page of 50', async () => {
    standIn.answer(success([]));
    await client().getJobs(['job-1', 'job-2']);
    expect(standIn.arrivals[0]?.path).toBe('/v2026.2.LTS/jobs');
    expect(standIn.arrivals[0]?.form.get('action')).toBe('get');
    expect(standIn.arrivals[0]?.request).toEqual({
      references: ['job-1', 'job-2'],
      status: ['queued', 'running', 'halted', 'completed'],
      limit: 50,
    });
  });

  test('takes only completed for done: halted, missing, unknown and unreadable are not (invariant 8)', async () => {
    standIn.answer(
      success([
        { reference: 'done', type: 'sessions', status: 'completed', dt_completed: '2026-06-10T00:00:00Z' },
        { reference: 'halted', status: 'halted' },
        { reference: 'odd', status: 'COMPLETED' },
        { reference: 'null', status: null },
        { status: 'completed' },
        'completed',
        null,
      ]),
    );
    const { jobs, headersArrived } = await client().getJobs(['done', 'halted', 'odd', 'null', 'missing']);
    expect(headersArrived).toBe(true);
    expect([...jobs].map(([reference, { status }]) => [reference, status])).toEqual([
      ['done', 'completed'],
      ['halted', 'halted'],
      ['odd', 'unknown'],
      ['null', 'unknown'],
    ]);
    expect(jobs.get('done')?.completedAt).toBe('2026-06-10T00:00:00Z');
  });

  test('takes an answer that is no list for unreadable', async () => {
    standIn.answer(success({ reference: 'done', status: 'completed' }));
    expect(await errorOf(client().getJobs(['done']))).toMatchObject({ code: 'UNREADABLE', decision: 'transient' });
  });

  test('takes larger answers than the sessions calls do', async () => {
    const padding = 'x'.repeat(2 * 1024 * 1024);
    standIn.answer(success([], { padding }));
    expect((await client().getJobs(['job-1'])).jobs.size).toBe(0);
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({ code: 'TOO_LARGE', outcome: 'unknown' });
  });
});

describe('listJobs', () => {
  const span = { from: 1_780_000_000_900, to: 1_780_000_044_100 };

  test('asks for the jobs of every status that were made then, in whole seconds, a page at a time', async () => {
    standIn.answer(success([]));
    await client().listJobs(span);
    await client().listJobs(span, { next: 'page two' });
    const asked = {
      mintime: 1_780_000_000,
      maxtime: 1_780_000_045,
      status: ['queued', 'running', 'halted', 'completed'],
      limit: 50,
    };
    expect(standIn.arrivals.map(({ request }) => request)).toEqual([asked, { ...asked, next: 'page two' }]);
  });

  test("tells each job's type and date, the next page, and Learnosity's clock", async () => {
    const entry = { reference: 'a', type: 'failed', status: 'running', dt_created: '2026-06-10 12:00:00' };
    const body = { meta: { status: true, next: 'page two' }, data: [entry] };
    standIn.answer(json(200, body, { Date: 'Wed, 10 Jun 2026 12:00:05 GMT' }));
    const page = await client().listJobs(span);
    expect(page).toMatchObject({ next: 'page two', serverTime: Date.UTC(2026, 5, 10, 12, 0, 5), headersArrived: true });
    expect(page.jobs).toMatchObject([{ reference: 'a', type: 'failed', createdAt: '2026-06-10 12:00:00' }]);
  });

  test('takes a page with a job that cannot be read for unreadable: it could be the one', async () => {
    standIn.answer(success([{ reference: 'a' }, { status: 'completed' }]));
    expect(await errorOf(client().listJobs(span))).toMatchObject({ code: 'UNREADABLE', decision: 'transient' });
  });
});

describe('a failed call', () => {
  test('names the item at fault and keeps it out of its message (invariant 9)', async () => {
    standIn.answer(failure(400, 20003, `Session ${otherId} is malformed, key ${secret}`));
    const error = await errorOf(client().deleteSessions([id, otherId]));
    expect(error).toMatchObject({
      decision: 'item',
      outcome: 'refused',
      code: '20003',
      httpStatus: 400,
      namedItems: [1],
      headersArrived: true,
      message: 'Session <item> is malformed, key <secret>',
    });
  });

  test('shows no item in anything of it that can be printed (invariant 9)', async () => {
    const answers = [
      failure(400, 20003, `bad ${id}`),
      json(400, `<html>${id}</html>`),
      success({ job_reference: [id] }),
      json(200, { meta: { status: 'maybe', message: id }, [id]: id }),
      success([{ [id]: id }, { [id]: id }]),
    ];
    for (const answer of answers) {
      standIn.answer(answer);
      const error = await errorOf(client().deleteSessions([id]));
      const printed = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${JSON.stringify(error.cause)}`;
      expect(printed).not.toContain(id);
      expect(printed).not.toContain(secret);
    }
  });

  test('with HTTP 200 is a failure all the same', async () => {
    standIn.answer(failure(200, 10000, 'internal'));
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'refused',
      code: '10000',
      httpStatus: 200,
    });
  });

  test('takes its code from text as well', async () => {
    standIn.answer(json(400, { meta: { status: false, code: '20016', message: 'gone' } }));
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({ decision: 'absent', code: '20016' });
    standIn.answer(json(400, { meta: { status: false, code: null } }));
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({ decision: 'transient', code: 'HTTP_400' });
  });

  test('over the quota says so, with or without a body', async () => {
    standIn.answer(failure(429, 42000, 'Too many requests'), json(429, 'slow down'), (response) => {
      response.writeHead(429, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    for (const code of ['42000', 'HTTP_429', 'HTTP_429']) {
      const error = await errorOf(client().deleteSessions([id]));
      expect(error).toMatchObject({ decision: 'quota', outcome: 'refused', headersArrived: true, code });
    }
  });

  test('without an answer has an unknown outcome, and no headers', async () => {
    standIn.answer(() => undefined);
    const error = await errorOf(client({ deadlineMs: { deletion: 80 } }).deleteSessions([id]));
    expect(error).toMatchObject({
      decision: 'transient',
      outcome: 'unknown',
      code: 'DEADLINE',
      httpStatus: undefined,
      headersArrived: false,
      msSinceHeaders: 0,
    });
  });

  test('without a connection was refused: nothing arrived', async () => {
    const account = accountAt(`http://127.0.0.1:${await freePort()}`);
    expect(await errorOf(client({ account }).deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'refused',
      code: 'ECONNREFUSED',
      headersArrived: false,
    });
  });

  test('whose success was cut has an unknown outcome, and headers', async () => {
    standIn.answer((response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"meta":', () => response.destroy());
    });
    expect(await errorOf(client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'unknown',
      code: 'ECONNRESET',
      httpStatus: 200,
      headersArrived: true,
    });
  });

  test('can be cut by its caller', async () => {
    const stop = new AbortController();
    standIn.answer(() => stop.abort());
    const call = client().submitFailedSubmissions([submission], {
      ignoreResponseRevisions: false,
      signal: stop.signal,
    });
    expect(await errorOf(call)).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
  });
});

describe('a refused timestamp (41004)', () => {
  const refusedClock = (date: string) => failure(403, 41004, 'timestamp out of range', { Date: date });
  const started = success([{ job_reference: 'job-1' }]);
  const now = () => Date.parse('2026-06-10T12:00:00Z');
  const timestamps = () => standIn.arrivals.map(({ form }) => JSON.parse(form.get('security') ?? '').timestamp);

  test('has the next attempt signed with the time of the server', async () => {
    standIn.answer(refusedClock('Wed, 10 Jun 2026 14:30:00 GMT'), started);
    const learnosity = client({ now });
    expect(await errorOf(learnosity.deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'refused',
      code: '41004',
    });
    await learnosity.deleteSessions([id]);
    await learnosity.deleteSessions([id]);
    expect(timestamps()).toEqual(['20260610-1200', '20260610-1430', '20260610-1430']);
  });

  test('is a fault of the credentials when it comes again', async () => {
    standIn.answer(refusedClock('Wed, 10 Jun 2026 12:00:00 GMT'));
    const learnosity = client({ now });
    const decisions = [];
    for (let call = 0; call < 3; call += 1) decisions.push((await errorOf(learnosity.deleteSessions([id]))).decision);
    expect(decisions).toEqual(['transient', 'consumer', 'consumer']);
  });

  test('does not blame the credentials for calls that were signed before the correction', async () => {
    const held: (() => void)[] = [];
    standIn.answer((response, arrival) => {
      held.push(() => refusedClock('Wed, 10 Jun 2026 14:30:00 GMT')(response, arrival));
      if (held.length === 3) for (const release of held) release();
    });
    const learnosity = client({ now });
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(learnosity.deleteSessions([id]))));
    expect(errors.map(({ decision }) => decision)).toEqual(['transient', 'transient', 'transient']);
  });

  test('leaves a way back once the clock of this machine has been set', async () => {
    let skewMs = 0;
    standIn.answer(
      refusedClock('Wed, 10 Jun 2026 14:30:00 GMT'),
      started,
      refusedClock('Wed, 10 Jun 2026 14:31:00 GMT'),
      started,
    );
    const learnosity = client({ now: () => now() + skewMs });
    await errorOf(learnosity.deleteSessions([id]));
    await learnosity.deleteSessions([id]);
    skewMs = 151 * 60_000;
    expect((await errorOf(learnosity.deleteSessions([id]))).decision).toBe('transient');
    await learnosity.deleteSessions([id]);
    expect(timestamps()).toEqual(['20260610-1200', '20260610-1430', '20260610-1701', '20260610-1431']);
  });
});
