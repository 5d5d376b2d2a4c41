import { describe, expect, test } from '@jest/globals';
import type { DueReference, Resolution } from '@session-queue/core/engine';
import { jobEnd } from '../../src/tracker/job-end.ts';

const minute = 60_000;

function batch(change: Partial<DueReference> = {}): DueReference {
  const shares = [{ request: 'r', items: 50 }];
  const base = {
    id: 'one',
    kind: 'deletion',
    reference: 'a',
    ageMs: minute,
    overdueMs: 0,
    ignoring: false,
    shares,
  } as const;
  return { ...base, halts: 0, size: 50, othersComplete: true, ...change };
}

function endOf(status: string, of: DueReference): Resolution {
  const end = jobEnd(status, of.ageMs);
  if (end === undefined) throw new Error(`${status} is no end`);
  return end(of);
}

/** Halts every job that holds one item until it fails; answers with the items that failed and the calls that it took. */
function haltAlways(poison: number, othersComplete = true): { failed: number[]; calls: number } {
  const failed: number[] = [];
  let calls = 0;
  const line = [{ items: Array.from({ length: 50 }, (_, i) => i), halts: 0 }];
  for (let one = line.shift(); one !== undefined; one = line.shift()) {
    calls += 1;
    const { items, halts } = one;
    if (!items.includes(poison)) continue;
    const { outcomes, children } = endOf('halted', batch({ size: items.length, halts, othersComplete }));
    const parts = new Map<number, number[]>();
    for (const [i, item] of items.entries()) {
      const outcome = outcomes[i];
      if (outcome === 'failed') failed.push(item);
      else if (typeof outcome === 'number') parts.set(outcome, [...(parts.get(outcome) ?? []), item]);
    }
    for (const part of parts.values()) line.push({ items: part, halts: children?.halts ?? 0 });
  }
  return { failed, calls };
}

describe('the end of a job', () => {
  test.each(['queued', 'running', 'unknown', undefined])('is not %s (invariant 8)', (status) => {
    expect(jobEnd(status, minute)).toBeUndefined();
  });

  test('that is completed is the success of every item', () => {
    expect(endOf('completed', batch()).outcomes).toEqual(Array.from({ length: 50 }, () => 'succeeded'));
  });

  test('that never comes is an unknown outcome after a day, and what ignores revisions is parked (invariant 7)', () => {
    const dayMs = 24 * 60 * minute;
    expect(jobEnd('running', dayMs - 1)).toBeUndefined();
    expect(endOf('running', batch({ ageMs: dayMs + 1 })).children).toMatchObject({ unknown: true });
    expect(new Set(endOf('running', batch({ ageMs: dayMs + 1, ignoring: true })).outcomes)).toEqual(
      new Set(['parked']),
    );
  });
});

describe('a halted job', () => {
  test('takes none but the item to blame along: it fails alone, after five halts', () => {
    for (const poison of [0, 24, 49]) expect(haltAlways(poison)).toEqual({ failed: [poison], calls: 18 });
  });

  test('is not split where no job of its lane completes: the items are not to blame', () => {
    expect(haltAlways(7, false)).toMatchObject({ calls: 5 });
    expect(endOf('halted', batch({ halts: 2, othersComplete: false })).children).toMatchObject({
      halves: false,
      halts: 3,
    });
  });

  test('may have done its work in part: what ignores revisions is parked at once (invariant 7)', () => {
    const { outcomes, children } = endOf('halted', batch({ ignoring: true, size: 3 }));
    expect(outcomes).toEqual(['parked', 'parked', 'parked']);
    expect(children).toBeUndefined();
    expect(endOf('halted', batch()).children).toMatchObject({ unknown: true });
  });
});
