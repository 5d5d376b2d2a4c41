import { describe, expect, test } from '@jest/globals';
import type { RequestView, Verification } from '@session-queue/core';
import { verificationLine } from '../../../src/cli/output/verification-line.ts';

const none: Verification = { state: 'done', waiting: 0, verified: 0, unverifiable: 0, stillThere: 0, reappeared: 0 };
const lineOf = (verification: Partial<Verification>) =>
  verificationLine({ verification: { ...none, ...verification } } as RequestView);

describe('the verification of a deletion, in words', () => {
  test('says how many are verified, and of the others why they are not', () => {
    expect(lineOf({ verified: 1_200 })).toBe('1,200');
    expect(
      lineOf({ state: 'waiting', verified: 5, waiting: 3, unverifiable: 2, checkedAt: '2026-03-01T09:00:00Z' }),
    ).toBe('5, 3 still to be asked for, 2 unverifiable (last asked 2026-03-01T09:00:00Z)');
    expect(lineOf({ verified: 5, stillThere: 1, reappeared: 2 })).toBe('5, 1 STILL THERE, 2 BACK AGAIN');
  });

  test('says that nothing can be verified where nobody saw the sessions', () => {
    expect(lineOf({ state: 'none', unverifiable: 7 })).toContain('nobody saw these sessions');
    expect(lineOf({ state: 'none' })).toBe('nothing: all of it had been deleted before, so nothing was sent');
    expect(verificationLine({} as RequestView)).toBeUndefined();
  });
});
