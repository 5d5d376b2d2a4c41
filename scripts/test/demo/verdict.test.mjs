import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { quotaUsed } from '../../demo/books.mjs';
import { checkLine, summaryLines } from '../../demo/report.mjs';
import { judge } from '../../demo/verdict.mjs';

const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');

/**
 * What a good run leaves behind: three sessions, one of them given twice and one already gone, and two submissions.
 * @returns {Parameters<typeof judge>[0]}
 */
function goodRun() {
  const counts = {
    pending: 0,
    claimed: 0,
    submitted: 0,
    parked: 0,
    failed: 0,
    cancelled: 0,
    absent: 0,
    resent: 0,
    duplicates: 0,
  };
  const times = { createdAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:00:41.500Z' };
  const calls = {
    received: 2,
    counted: 2,
    accepted: 2,
    refused429: 0,
    refused: {},
    quota: 5,
    windowMs: 5_000,
    mostInWindow: { received: 2, counted: 2 },
    firstArrival: 1_000,
    lastArrival: 2_000,
  };
  return {
    input: { sessionIds: ['a', 'b', 'a', 'c'], gone: new Set(['c']), submissions: ['c29uZw==', 'cG9lbQ=='] },
    deletion: {
      ...times,
      id: '1',
      kind: 'deletion',
      state: 'completed',
      counts: { ...counts, total: 3, succeeded: 3, absent: 1, duplicates: 1 },
    },
    resubmission: {
      ...times,
      id: '2',
      kind: 'resubmission',
      state: 'completed',
      counts: { ...counts, total: 2, succeeded: 2 },
    },
    consumerKey: 'key',
    books: {
      consumers: { key: { deletion: calls, resubmission: calls, jobs: calls, metadata: calls } },
      strays: { received: 0 },
      perSession: {
        a: { calls: 1, deletedAt: 5 },
        b: { calls: 1, deletedAt: 6 },
        c: { calls: 1, deletedAt: null },
      },
      perSubmission: { [hash('c29uZw==')]: { calls: 1, stored: 1 }, [hash('cG9lbQ==')]: { calls: 1, stored: 1 } },
    },
  };
}

/**
 * @param {(run: ReturnType<typeof goodRun>) => void} spoil
 */
function failuresAfter(spoil) {
  const run = goodRun();
  spoil(run);
  return judge(run)
    .filter(({ passed }) => !passed)
    .map(({ what, found }) => `${what}: ${found}`);
}

/**
 * @template T
 * @param {T | undefined} value
 * @returns {T}
 */
function present(value) {
  if (value === undefined) throw new Error('missing');
  return value;
}

describe('the verdict on a run of the demo', () => {
  it('passes a run whose books agree', () => {
    expect(failuresAfter(() => undefined)).toEqual([]);
    expect(judge(goodRun()).length).toBeGreaterThan(10);
  });

  it.each(
    /** @type {[string, (run: ReturnType<typeof goodRun>) => void, string][]} */ ([
      [
        'a session was deleted in two calls',
        ({ books }) => {
          present(books.perSession.a).calls = 2;
        },
        'in the books: each session that was there deleted, in one call: 1, expected 2',
      ],
      [
        'a session was not deleted at all',
        ({ books }) => {
          delete books.perSession.b;
        },
        'in the books: each session that was there deleted, in one call: 1, expected 2',
      ],
      [
        'a session was deleted that nobody asked for',
        ({ books }) => {
          books.perSession.stranger = { calls: 1, deletedAt: 7 };
        },
        'in the books: no session that nobody asked for: 1, expected 0',
      ],
      [
        'an item failed',
        ({ deletion }) => {
          deletion.state = 'failed';
          deletion.counts.succeeded = 2;
        },
        'the deletion is completed: failed, expected completed',
      ],
      [
        'a row of the file is missing',
        ({ deletion }) => {
          deletion.counts.duplicates = 0;
        },
        'every row is accounted for: items and duplicates: 3, expected 4',
      ],
      [
        'a session that was gone passed for deleted',
        ({ deletion }) => {
          deletion.counts.absent = 0;
        },
        'those already gone are known as absent: 0, expected 1',
      ],
      [
        'a submission was stored twice',
        ({ books }) => {
          present(books.perSubmission[hash('c29uZw==')]).stored = 2;
        },
        'in the books: each submission stored, in one call: 1, expected 2',
      ],
      [
        'a submission is unknown',
        ({ books }) => {
          books.perSubmission[hash('x')] = { calls: 1, stored: 1 };
        },
        'in the books: no submission that nobody sent: 1, expected 0',
      ],
      [
        'a call was answered 429',
        ({ books }) => {
          present(books.consumers.key).deletion.refused429 = 1;
        },
        'no call answered 429: 4, expected 0',
      ],
      [
        'there were too many calls in a window',
        ({ books }) => {
          present(books.consumers.key).deletion.mostInWindow.received = 6;
        },
        'no call over a quota, in any window: 4, expected 0',
      ],
      [
        'Learnosity got a call it could make nothing of',
        ({ books }) => {
          books.strays.received = 1;
        },
        'no call that Learnosity could make nothing of: 1, expected 0',
      ],
    ]),
  )('fails it when %s', (_what, spoil, failure) => {
    expect(failuresAfter(spoil)).toContain(failure);
  });
});

describe('the summary', () => {
  it('says what became of the items, and how many calls that took', () => {
    const lines = summaryLines(goodRun()).join('\n');
    expect(lines).toContain(
      'completed: 3 of 3 items succeeded, 1 of them were already gone, 1 duplicates left out, in 41.5 s',
    );
    expect(lines).toContain('2 calls, at most 2 in any 5 s (quota 5), 0 answered 429');
  });

  it('marks each check', () => {
    expect(checkLine({ what: 'a thing', passed: true, found: '3' })).toContain('PASS');
    expect(checkLine({ what: 'a thing', passed: false, found: '2, expected 3' })).toMatch(/FAIL.*found 2, expected 3/);
  });

  it('gives the pace after the first window as a share of the quota', () => {
    const book = { ...present(goodRun().books.consumers.key).deletion, counted: 40, firstArrival: 0 };
    expect(quotaUsed({ ...book, lastArrival: 35_000 })).toBeCloseTo(100);
    expect(quotaUsed({ ...book, lastArrival: 70_000 })).toBeCloseTo(50);
    expect(quotaUsed({ ...book, counted: 5, lastArrival: 70 })).toBeUndefined();
    expect(quotaUsed({ ...book, lastArrival: null })).toBeUndefined();
  });
});
