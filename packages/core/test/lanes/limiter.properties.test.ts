import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { leakGuard } from '@session-queue/testing';
import fc from 'fast-check';
import type { Grant } from '../../src/lanes/claim-answer.ts';
import type { GiveBack, Lane } from '../../src/lanes/lane.ts';
import { ids, Lab } from './lab.ts';

leakGuard();

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.stop());
beforeEach(() => {
  lab.next();
});

const calls = 5;
const windowMs = 200;
const callers = 9;

/** How one call goes: ms until the server counts it, until its headers are back, and until the caller comes to record them. */
interface Course {
  thereMs: number;
  backMs: number;
  busyMs: number;
  ends: 'reference' | 'transient' | 'never sent' | 'asleep' | 'no answer';
}

const unsent: GiveBack = { cause: 'unsent', code: '', message: '', dueInMs: 0 };
const failed: GiveBack = { cause: 'transient', code: '10000', message: 'try again', dueInMs: 0 };

async function until(moment: number): Promise<void> {
  while (performance.now() < moment) await sleep(1);
}

/** Makes one call as a sender does; `arrive` is when the server counts it. */
async function call(lane: Lane, { claim, notBefore }: Grant, course: Course, arrive: () => void): Promise<void> {
  if (course.ends === 'never sent') return void (await lane.giveBack(claim, { how: 'unused' }, unsent));
  const permit = await lane.beginSend(claim);
  if (permit.is !== 'go') throw new Error(`begin-send answered ${JSON.stringify(permit)}`);
  await until(notBefore);
  if (course.ends === 'asleep') return void (await lane.giveBack(claim, { how: 'unused' }, unsent));
  if (course.thereMs > 0) await sleep(course.thereMs);
  arrive();
  if (course.ends === 'no answer') return;
  if (course.backMs > 0) await sleep(course.backMs);
  const headersAt = performance.now();
  if (course.busyMs > 0) await sleep(course.busyMs);
  const msSinceHeaders = performance.now() - headersAt;
  if (course.ends === 'transient') {
    await lane.giveBack(claim, { how: 'anchor', msSinceHeaders }, failed);
  } else {
    await lane.recordReference(claim, permit.attempt, randomUUID(), { msSinceHeaders, firstPollMs: 1_000 });
  }
}

/** Many callers call for so long, one course after another; answers with the moments at which the server counted them. */
async function arrivalsWithin(ms: number, aheadMs: number, courses: Course[]): Promise<number[]> {
  const lane = lab.lane('deletion', { quota: { calls, windowMs } });
  const [until, arrivals] = [performance.now() + ms, [] as number[]];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const answer = await lane.claim(randomUUID(), aheadMs);
      if (answer.is === 'wait') await sleep(Math.max(1, answer.ms));
      if (answer.is !== 'batch') continue;
      const course = courses[next++ % courses.length];
      if (course !== undefined) await call(lane, answer, course, () => arrivals.push(performance.now()));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return arrivals;
}

/** The least time, in ms, in which one call more than allowed arrived. */
function tightest(arrivals: readonly number[]): number {
  return Math.min(...arrivals.slice(calls).map((moment, i) => moment - (arrivals[i] ?? 0)));
}

describe('the quota over real time (invariant 3)', () => {
  const ends = fc.oneof(
    { weight: 8, arbitrary: fc.constant('reference' as const) },
    { weight: 2, arbitrary: fc.constantFrom('transient' as const, 'never sent' as const, 'asleep' as const) },
  );
  const courses = (mostMs: number) =>
    fc.array(fc.record({ thereMs: fc.nat(mostMs), backMs: fc.nat(mostMs), busyMs: fc.nat(mostMs / 4), ends }), {
      minLength: 40,
      maxLength: 40,
      size: 'max',
    });

  test.each([
    ['at once', 0, 0],
    ['within 20 ms', 20, 0],
    ['within 120 ms', 120, 0],
    ['at once and slots are claimed ahead', 0, 50],
    ['within 20 ms and slots are claimed ahead', 20, 50],
    // Every slot, however far away: all of them then leave by their own clock alone.
    ['within 120 ms and slots are claimed long ahead', 120, 1_000],
  ])('is never exceeded when the server answers %s', async (_name, mostMs, aheadMs) => {
    await fc.assert(
      fc.asyncProperty(courses(mostMs), async (drawn) => {
        lab.next();
        await lab.request('r', ids(3_000));
        const arrivals = await arrivalsWithin(1_300, aheadMs, drawn);
        expect(tightest(arrivals)).toBeGreaterThanOrEqual(windowMs);
        // And it is spent, however slow the machine: a window's calls more than once.
        expect(arrivals.length).toBeGreaterThan(2 * calls);
      }),
      // Time does not repeat itself: there is nothing to shrink.
      { numRuns: 1, endOnFailure: true },
    );
  });
});
