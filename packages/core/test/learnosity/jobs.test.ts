import { describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import { json, success } from './stand-in.ts';
import { errorOf, openWire } from './wire.ts';

leakGuard();

const id = '88336e4c-04de-4274-ae31-39957b230f98';
const wire = openWire();

describe('getJobs', () => {
  test('asks for every status, a page of 50', async () => {
    wire.standIn.answer(success([]));
    await wire.client().getJobs(['job-1', 'job-2']);
    expect(wire.standIn.arrivals[0]?.path).toBe('/v2026.2.LTS/jobs');
    expect(wire.standIn.arrivals[0]?.form.get('action')).toBe('get');
    expect(wire.standIn.arrivals[0]?.request).toEqual({
      references: ['job-1', 'job-2'],
      status: ['queued', 'running', 'halted', 'completed'],
      limit: 50,
    });
  });

  test('takes only completed for done: halted, missing, unknown and unreadable are not (invariant 8)', async () => {
    wire.standIn.answer(
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
    const { jobs, headersArrived } = await wire.client().getJobs(['done', 'halted', 'odd', 'null', 'missing']);
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
    wire.standIn.answer(success({ reference: 'done', status: 'completed' }));
    expect(await errorOf(wire.client().getJobs(['done']))).toMatchObject({ code: 'UNREADABLE', decision: 'transient' });
  });

  test('takes larger answers than the sessions calls do', async () => {
    const padding = 'x'.repeat(2 * 1024 * 1024);
    wire.standIn.answer(success([], { padding }));
    expect((await wire.client().getJobs(['job-1'])).jobs.size).toBe(0);
    expect(await errorOf(wire.client().deleteSessions([id]))).toMatchObject({ code: 'TOO_LARGE', outcome: 'unknown' });
  });
});

describe('listJobs', () => {
  const span = { from: 1_780_000_000_900, to: 1_780_000_044_100 };

  test('asks for the jobs of every status that were made then, in whole seconds, a page at a time', async () => {
    wire.standIn.answer(success([]));
    await wire.client().listJobs(span);
    await wire.client().listJobs(span, { next: 'page two' });
    const asked = {
      mintime: 1_780_000_000,
      maxtime: 1_780_000_045,
      status: ['queued', 'running', 'halted', 'completed'],
      limit: 50,
    };
    expect(wire.standIn.arrivals.map(({ request }) => request)).toEqual([asked, { ...asked, next: 'page two' }]);
  });

  test("tells each job's type and date, the next page, and Learnosity's clock", async () => {
    const entry = { reference: 'a', type: 'failed', status: 'running', dt_created: '2026-06-10 12:00:00' };
    const body = { meta: { status: true, next: 'page two' }, data: [entry] };
    wire.standIn.answer(json(200, body, { Date: 'Wed, 10 Jun 2026 12:00:05 GMT' }));
    const page = await wire.client().listJobs(span);
    expect(page).toMatchObject({ next: 'page two', serverTime: Date.UTC(2026, 5, 10, 12, 0, 5), headersArrived: true });
    expect(page.jobs).toMatchObject([{ reference: 'a', type: 'failed', createdAt: '2026-06-10 12:00:00' }]);
  });

  test('takes a page with a job that cannot be read for unreadable: it could be the one', async () => {
    wire.standIn.answer(success([{ reference: 'a' }, { status: 'completed' }]));
    expect(await errorOf(wire.client().listJobs(span))).toMatchObject({ code: 'UNREADABLE', decision: 'transient' });
  });
});
