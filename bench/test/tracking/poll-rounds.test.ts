import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { idealPolling, workerSchedule } from '../../src/tracking/poll-rounds.ts';

const job = (submittedAt: number, finishedAt: number) => ({ submittedAt, finishedAt });

describe('worked by hand', () => {
  test('no job, no round', () => {
    expect(idealPolling([], workerSchedule)).toEqual({ rounds: 0, calls: 0, polls: 0 });
  });

  test('a job that ends before its first poll is asked for once', () => {
    expect(idealPolling([job(0, 900)], workerSchedule)).toEqual({ rounds: 1, calls: 1, polls: 1 });
  });

  test('a job of 2.5 s is asked for at 1, 2 and 3 s', () => {
    expect(idealPolling([job(0, 2_500)], workerSchedule)).toEqual({ rounds: 3, calls: 3, polls: 3 });
  });

  test('fifty references share a call, the next one needs a second', () => {
    const jobs = (count: number) => Array.from({ length: count }, () => job(0, 500));
    expect(idealPolling(jobs(50), workerSchedule).calls).toBe(1);
    expect(idealPolling(jobs(51), workerSchedule)).toEqual({ rounds: 1, calls: 2, polls: 51 });
  });

  test('a round takes along what comes due before the middle of the next', () => {
    expect(idealPolling([job(0, 100), job(500, 600)], workerSchedule).rounds).toBe(1);
    expect(idealPolling([job(0, 100), job(501, 600)], workerSchedule).rounds).toBe(2);
  });

  test('rounds keep their distance, so that a later one takes along more', () => {
    // Due at 1, 1.6 and 2.4 s: the second round is at 2 s, and takes both.
    expect(idealPolling([job(0, 100), job(600, 700), job(1_400, 1_500)], workerSchedule).rounds).toBe(2);
  });

  test('older jobs are asked for less often: after a tenth of their age, and at the latest after the longest time', () => {
    const schedule = { ...workerSchedule, spacingMs: 1 };
    // At each of the first 10 s, then at 11, 12.1, 13.31, 14.64, 16.11, 17.72, 19.49 and 21.44 s.
    expect(idealPolling([job(0, 20_000)], schedule).polls).toBe(18);
    // Then at 11 s and every 1.1 s until 20.9 s.
    expect(idealPolling([job(0, 20_000)], { ...schedule, longestMs: 1_100 }).polls).toBe(20);
  });
});

const jobs = fc.array(
  fc
    .record({ submittedAt: fc.integer({ min: 0, max: 20_000 }), lasts: fc.integer({ min: 0, max: 60_000 }) })
    .map(({ submittedAt, lasts }) => job(submittedAt, submittedAt + lasts)),
  { minLength: 1, maxLength: 120 },
);

test('each job is asked for at least once, each round makes a call, each call asks for something', () => {
  fc.assert(
    fc.property(jobs, (all) => {
      const { rounds, calls, polls } = idealPolling(all, workerSchedule);
      expect(polls).toBeGreaterThanOrEqual(all.length);
      expect(calls).toBeGreaterThanOrEqual(rounds);
      expect(calls).toBeGreaterThanOrEqual(Math.ceil(polls / workerSchedule.referencesPerCall));
      expect(calls).toBeLessThanOrEqual(polls);
    }),
  );
});

test('with one reference a call it makes as many calls as polls', () => {
  fc.assert(
    fc.property(jobs, (all) => {
      const { calls, polls } = idealPolling(all, { ...workerSchedule, referencesPerCall: 1 });
      expect(calls).toBe(polls);
    }),
  );
});

test('the order of the jobs changes nothing', () => {
  fc.assert(
    fc.property(jobs, (all) => {
      expect(idealPolling(all.toReversed(), workerSchedule)).toEqual(idealPolling(all, workerSchedule));
    }),
  );
});

test('jobs that last longer never need fewer polls', () => {
  fc.assert(
    fc.property(jobs, fc.integer({ min: 0, max: 30_000 }), (all, longerMs) => {
      const longer = all.map(({ submittedAt, finishedAt }) => job(submittedAt, finishedAt + longerMs));
      expect(idealPolling(longer, workerSchedule).polls).toBeGreaterThanOrEqual(
        idealPolling(all, workerSchedule).polls,
      );
    }),
  );
});
