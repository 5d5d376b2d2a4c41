import { describe, expect, it } from '@jest/globals';
import { RecentRates } from '../src/overview/recent-rates.ts';
import { lane, now } from './harness/lanes.ts';

const at = (calls: number, items: number, tooMany = 0) =>
  lane({ calls, tooMany, ended: { succeeded: items, failed: 0, cancelled: 0 } });
const sample = (msAgo: number, calls: number, items: number) => {
  const rest = { pending: 0, claimed: 0, submitted: 0, failed: 0, tooMany: 0 };
  const madeAt = now - msAgo;
  return { ...rest, at: Math.floor(madeAt / 60_000) * 60_000, madeAt, calls, succeeded: items };
};

describe('How fast a lane goes', () => {
  it('is told by what was seen of it, once that is long enough', () => {
    const rates = new RecentRates();
    rates.note(at(0, 0), now - 30_000);
    expect(rates.of(at(1, 50), now - 25_000, [])).toBeUndefined();
    expect(rates.of(at(10, 500, 2), now, [])).toEqual({
      callsPerMinute: 20,
      itemsPerMinute: 1_000,
      tooMany: 2,
      tooManyOverMs: 30_000,
    });
  });

  it('is that of its last minute, and 429s are those of five', () => {
    const rates = new RecentRates();
    for (let s = 300; s >= 60; s -= 60) rates.note(at(0, 0, s < 300 ? 3 : 0), now - s * 1_000);
    expect(rates.of(at(12, 600, 3), now, [])).toMatchObject({ callsPerMinute: 12, tooMany: 3, tooManyOverMs: 300_000 });
  });

  it('is told by the samples that workers keep before anybody has looked', () => {
    const rates = new RecentRates();
    const samples = [
      sample(400_000, 0, 0),
      sample(130_000, 10, 500),
      sample(70_000, 20, 1_000),
      sample(10_000, 30, 1_500),
    ];
    const found = rates.of(at(34, 1_700), now, samples);
    expect(found?.callsPerMinute).toBeCloseTo(12, 5);
    expect(found?.itemsPerMinute).toBeCloseTo(600, 5);
    expect(rates.of(at(34, 1_700), now, [sample(10_000, 30, 1_500)])).toBeUndefined();
  });

  it('is that since the lane had something open again, and from when the first sample was made on', () => {
    const rates = new RecentRates();
    const samples = [sample(300_000, 10, 500), sample(30_000, 12, 600)];
    expect(rates.of(at(42, 2_100), now, samples)).toMatchObject({ callsPerMinute: 60, itemsPerMinute: 3_000 });
    // It had something open all along.
    const flowing = [sample(140_000, 5, 250), sample(80_000, 10, 500)];
    expect(rates.of(at(40, 2_000), now, flowing)?.callsPerMinute).toBeCloseTo(22.5, 5);
  });

  it('begins anew when the numbers do', () => {
    const rates = new RecentRates();
    rates.note(at(1_000, 50_000), now - 60_000);
    rates.note(at(2, 100), now - 5_000);
    expect(rates.suffices(at(3, 150), now)).toBe(false);
    expect(rates.of(at(3, 150), now, [])).toBeUndefined();
  });

  it('of lanes that are gone is forgotten', () => {
    const rates = new RecentRates();
    rates.note(at(0, 0), now - 60_000);
    rates.keepOnly([lane({ consumer: 'another' })]);
    expect(rates.suffices(at(1, 1), now)).toBe(false);
  });
});
