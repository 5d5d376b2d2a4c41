import { describe, expect, test } from '@jest/globals';
import { fateOf } from '../../src/verifier/fate.ts';

const minute = 60_000;
const settings = { afterMs: 5 * minute, forMs: 24 * 60 * minute };
const first = { deletedAgain: false };

describe('a deleted session that Learnosity still shows', () => {
  test.each([
    [5, 5],
    [10, 10],
    [40, 40],
    [120, 60],
    [11 * 60 + 30, 30],
  ])('is asked for again, %d minutes after its deletion in %d', (age, next) => {
    expect(fateOf({ ...first, ageMs: age * minute }, settings)).toEqual({ fate: 'wait', nextMs: next * minute });
  });

  test('is deleted again after half of the time, and reported after as much again', () => {
    const ageMs = 12 * 60 * minute;
    expect(fateOf({ ageMs, deletedAgain: false }, settings).fate).toBe('again');
    expect(fateOf({ ageMs, deletedAgain: true }, settings).fate).toBe('stillThere');
    expect(fateOf({ ageMs: ageMs - 1, deletedAgain: true }, settings).fate).toBe('wait');
  });
});
