import { describe, expect, test } from '@jest/globals';
import { freePort, leakGuard } from '@session-queue/testing';
import { accountAt, failure, json, success } from './stand-in.ts';
import { errorOf, openWire } from './wire.ts';

leakGuard();

const id = '88336e4c-04de-4274-ae31-39957b230f98';
const otherId = '58023cd7-3158-4b47-9708-34f976466cd7';
const submission = Buffer.from('{"session":1}').toString('base64');
const secret = accountAt('').secret;
const wire = openWire();

describe('a failed call', () => {
  test('names the item at fault and keeps it out of its message (invariant 9)', async () => {
    wire.standIn.answer(failure(400, 20003, `Session ${otherId} is malformed, key ${secret}`));
    const error = await errorOf(wire.client().deleteSessions([id, otherId]));
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
      wire.standIn.answer(answer);
      const error = await errorOf(wire.client().deleteSessions([id]));
      const printed = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${JSON.stringify(error.cause)}`;
      expect(printed).not.toContain(id);
      expect(printed).not.toContain(secret);
    }
  });

  test('with HTTP 200 is a failure all the same', async () => {
    wire.standIn.answer(failure(200, 10000, 'internal'));
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'refused',
      code: '10000',
      httpStatus: 200,
    });
  });

  test('takes its code from text as well', async () => {
    wire.standIn.answer(json(400, { meta: { status: false, code: '20016', message: 'gone' } }));
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({ decision: 'absent', code: '20016' });
    wire.standIn.answer(json(400, { meta: { status: false, code: null } }));
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      code: 'HTTP_400',
    });
  });

  test('over the quota says so, with or without a body', async () => {
    wire.standIn.answer(failure(429, 42000, 'Too many requests'), json(429, 'slow down'), (response) => {
      response.writeHead(429, { 'Content-Length': '10' });
      response.write('half', () => response.destroy());
    });
    for (const code of ['42000', 'HTTP_429', 'HTTP_429']) {
      const error = await errorOf(wire.client().deleteSessions([id]));
      expect(error).toMatchObject({ decision: 'quota', outcome: 'refused', headersArrived: true, code });
    }
  });

  test('without an answer has an unknown outcome, and no headers', async () => {
    wire.standIn.answer(() => undefined);
    const error = await errorOf(wire.client({ deadlineMs: { deletion: 80 } }).deleteSessions([id]));
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
    expect(await errorOf(wire.client({ account }).deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'refused',
      code: 'ECONNREFUSED',
      headersArrived: false,
    });
  });

  test('whose success was cut has an unknown outcome, and headers', async () => {
    wire.standIn.answer((response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"meta":', () => response.destroy());
    });
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({
      decision: 'transient',
      outcome: 'unknown',
      code: 'ECONNRESET',
      httpStatus: 200,
      headersArrived: true,
    });
  });

  test('can be cut by its caller', async () => {
    const stop = new AbortController();
    wire.standIn.answer(() => stop.abort());
    const call = wire.client().submitFailedSubmissions([submission], {
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
  const timestamps = () => wire.standIn.arrivals.map(({ form }) => JSON.parse(form.get('security') ?? '').timestamp);

  test('has the next attempt signed with the time of the server', async () => {
    wire.standIn.answer(refusedClock('Wed, 10 Jun 2026 14:30:00 GMT'), started);
    const learnosity = wire.client({ now });
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
    wire.standIn.answer(refusedClock('Wed, 10 Jun 2026 12:00:00 GMT'));
    const learnosity = wire.client({ now });
    const decisions = [];
    for (let call = 0; call < 3; call += 1) decisions.push((await errorOf(learnosity.deleteSessions([id]))).decision);
    expect(decisions).toEqual(['transient', 'consumer', 'consumer']);
  });

  test('does not blame the credentials for calls that were signed before the correction', async () => {
    const held: (() => void)[] = [];
    wire.standIn.answer((response, arrival) => {
      held.push(() => refusedClock('Wed, 10 Jun 2026 14:30:00 GMT')(response, arrival));
      if (held.length === 3) for (const release of held) release();
    });
    const learnosity = wire.client({ now });
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(learnosity.deleteSessions([id]))));
    expect(errors.map(({ decision }) => decision)).toEqual(['transient', 'transient', 'transient']);
  });

  test('leaves a way back once the clock of this machine has been set', async () => {
    let skewMs = 0;
    wire.standIn.answer(
      refusedClock('Wed, 10 Jun 2026 14:30:00 GMT'),
      started,
      refusedClock('Wed, 10 Jun 2026 14:31:00 GMT'),
      started,
    );
    const learnosity = wire.client({ now: () => now() + skewMs });
    await errorOf(learnosity.deleteSessions([id]));
    await learnosity.deleteSessions([id]);
    skewMs = 151 * 60_000;
    expect((await errorOf(learnosity.deleteSessions([id]))).decision).toBe('transient');
    await learnosity.deleteSessions([id]);
    expect(timestamps()).toEqual(['20260610-1200', '20260610-1430', '20260610-1701', '20260610-1431']);
  });
});
