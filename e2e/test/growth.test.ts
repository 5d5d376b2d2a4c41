import { expect, test } from '@jest/globals';
import { Growth, saySlope } from '../src/world/growth.ts';

/** Sounded six times a minute; each series as a function of the minutes. */
function grown(
  minutes: number,
  series: Record<string, { unit: 'MB' | 'keys'; at: (minute: number) => number }>,
): Growth {
  let now = 0;
  const growth = new Growth(() => now);
  for (; now <= minutes; now += 1 / 6)
    for (const [of, { unit, at }] of Object.entries(series)) growth.note(of, unit, at(now));
  return growth;
}

/** As a heap does between collections. */
const sawtooth = (minute: number) => 100 + 8 * (minute % 2);

test('what rises steadily grows, however it swings', () => {
  const growth = grown(30, {
    leaking: { unit: 'MB', at: (minute) => sawtooth(minute) + minute },
    sound: { unit: 'MB', at: sawtooth },
    falling: { unit: 'MB', at: (minute) => 100 - minute },
    keys: { unit: 'keys', at: (minute) => 500 + 30 * minute },
  });
  const slopes = growth.slopes(7.5, 6);
  expect(slopes.map(({ of, grows }) => [of, grows])).toEqual([
    ['leaking', true],
    ['sound', false],
    ['falling', false],
    ['keys', true],
  ]);
  expect(slopes[0]?.perMinute).toBeCloseTo(1, 1);
  expect(slopes.map(saySlope)[3]).toContain('+30.000 a minute over 22.3 minutes');
});

test('a warm-up is no growth, and short runs are told of but not judged, or not told of', () => {
  const warming = { unit: 'MB', at: (minute: number) => Math.min(100, 40 + 20 * minute) } as const;
  expect(grown(30, { warming }).slopes(7.5, 6)).toMatchObject([{ grows: false, mean: 100 }]);
  expect(grown(5, { warming }).slopes(1, 3)).toMatchObject([{ grows: false }]);
  expect(grown(5, { warming }).slopes(1, 6)).toEqual([]);
});
