import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Arrivals } from '../src/quota/arrivals.ts';
import { SlidingWindow } from '../src/quota/sliding-window.ts';

const windowMs = 50;

/** The law itself: count every window that starts at an arrival. */
function mostByHand(times: readonly number[], around?: number): number {
  const within = (start: number, time: number) => time >= start && time < start + windowMs;
  const counts = times
    .filter((start) => around === undefined || within(start, around))
    .map((start) => times.filter((time) => within(start, time)).length);
  return Math.max(0, ...counts);
}

const times = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });

describe('a sliding window', () => {
  test('knows the most arrivals of any window, in whatever order they are added', () => {
    fc.assert(
      fc.property(times, (arrivals) => {
        const window = new SlidingWindow(windowMs);
        for (const [place, at] of arrivals.entries()) {
          expect(window.crowdAt(at)).toBe(mostByHand(arrivals.slice(0, place + 1), at));
          window.add(at, 0);
        }
        expect(window.most).toBe(mostByHand(arrivals));
      }),
    );
  });

  test('forgets what lies behind the horizon, and stays exact', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 80 }), (unordered, delay) => {
        // Each arrival is judged up to `delay` late, so the horizon trails the newest arrival by as much.
        const arrivals = [...unordered].sort((a, b) => a - b);
        const judged = arrivals.map((at, place) => ({ at, by: at + ((place * 37) % (delay + 1)) }));
        judged.sort((a, b) => a.by - b.by);
        const window = new SlidingWindow(windowMs);
        for (const [place, { at, by }] of judged.entries()) {
          const seen = judged.slice(0, place + 1).map((one) => one.at);
          expect(window.crowdAt(at)).toBe(mostByHand(seen, at));
          window.add(at, by - delay);
        }
        expect(window.most).toBe(mostByHand(arrivals));
      }),
    );
  });

  test('takes in its start, not its end', () => {
    const window = new SlidingWindow(windowMs);
    window.add(0, 0);
    expect(window.crowdAt(windowMs - 0.001)).toBe(2);
    expect(window.crowdAt(windowMs)).toBe(1);
  });

  test('stays exact over many thousand arrivals', () => {
    const window = new SlidingWindow(windowMs);
    for (let at = 0; at < 20_000; at += 1) window.add(at, at);
    expect(window.most).toBe(windowMs);
    expect(window.crowdAt(20_000)).toBe(windowMs);
  });
});

describe('the horizon', () => {
  test('is the oldest call that is not judged yet', () => {
    let now = 10;
    const arrivals = new Arrivals(() => now);
    const first = arrivals.open();
    now = 20;
    const second = arrivals.open();
    now = 30;
    expect(arrivals.horizon()).toBe(10);
    arrivals.close(first);
    arrivals.close(first);
    expect(arrivals.horizon()).toBe(20);
    arrivals.close(second);
    expect(arrivals.horizon()).toBe(30);
  });
});
