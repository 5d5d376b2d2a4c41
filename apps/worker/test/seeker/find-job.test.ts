import { describe, expect, test } from '@jest/globals';
import type { Job } from '@session-queue/core';
import { findJob, type LookedThrough, spanOf, surelyWithin } from '../../src/seeker/find-job.ts';

const beganAt = Date.UTC(2026, 5, 10, 12, 0, 0);
const times = { sendMs: 14_000, skewMs: 30_000, strayMs: 600_000, againMs: [] };
const span = spanOf(beganAt, times);

function job(reference: string, change: Partial<Job> = {}): Job {
  return {
    reference,
    type: 'failed',
    status: 'queued',
    createdAt: '2026-06-10 12:00:01',
    completedAt: undefined,
    ...change,
  };
}

function find(jobs: Job[], change: Partial<LookedThrough> = {}) {
  return findJob({ jobs, recorded: new Set(['known']), expected: [], jobType: 'failed', span, ...change });
}

describe('the job of a lost call', () => {
  test('is the one of its type and time that nobody knows', () => {
    const others = [
      job('known'),
      job('deletion', { type: 'deleted' }),
      job('old', { createdAt: '2026-06-10 11:58:59' }),
    ];
    expect(find([...others, job('it')])).toEqual({ is: 'found', reference: 'it' });
    expect(find(others)).toEqual({ is: 'none' });
  });

  test('may come twice, on two pages, and is still one', () => {
    expect(find([job('it'), job('it')])).toEqual({ is: 'found', reference: 'it' });
  });

  test.each([
    ['there are two', [job('it'), job('another')]],
    ['there is one whose date cannot be read', [job('it', { createdAt: 'yesterday' })]],
    ['there is one beside it whose date cannot be read', [job('it'), job('another', { createdAt: undefined })]],
    ['its type does not show', [job('it', { type: undefined })]],
  ])('cannot be told when %s', (_name, jobs) => {
    expect(find(jobs)).toEqual({ is: 'several' });
  });

  test('is not believed where jobs that must be there are not, or known ones have another type by now', () => {
    expect(find([job('it')], { expected: ['known'] })).toEqual({ is: 'none' });
    expect(find([job('it'), job('known', { type: 'renamed' })])).toEqual({ is: 'none' });
  });

  test.each([
    ['2026-06-10 11:59:29', 'none'],
    ['2026-06-10 11:59:30', 'found'],
    ['2026-06-10T12:00:44Z', 'found'],
    ['2026-06-10 12:00:45', 'none'],
    ['2026-06-10T14:00:00+02:00', 'found'],
  ])('dated %s is %s: the clock may be off by the skew, and a call as late as can be', (createdAt, is) => {
    expect(find([job('it', { createdAt })]).is).toBe(is);
  });

  test('is judged by a list that must show what was recorded while the call was under way', () => {
    expect(surelyWithin(beganAt, times)).toEqual({ from: beganAt, to: beganAt + 14_000 });
  });
});
