import { afterEach, describe, expect, test } from '@jest/globals';
import { Loop } from '../src/loop.ts';

let loop: Loop | undefined;
afterEach(() => loop?.stop());

/** A loop whose steps answer so, one after the other and then 'until woken', and the moments at which they ran. */
function running(...waits: number[]) {
  const steps: number[] = [];
  const waiting: { count: number; resolve: (moment: number) => void }[] = [];
  loop = new Loop({
    part: 'a loop',
    step: async () => {
      steps.push(performance.now());
      for (const one of waiting) if (steps.length === one.count) one.resolve(performance.now());
      return waits[steps.length - 1] ?? Number.POSITIVE_INFINITY;
    },
    onError: () => Number.POSITIVE_INFINITY,
  });
  loop.start();
  const nth = (count: number) => new Promise<number>((resolve) => waiting.push({ count, resolve }));
  return { loop, steps, nth };
}

describe('a loop', () => {
  test('told to wake within some time sleeps no longer, and not less for it', async () => {
    const { loop, steps, nth } = running(60_000);
    const second = nth(2);
    loop.wake(200);
    // A later one changes nothing.
    loop.wake(30_000);
    await second;
    expect((steps[1] ?? 0) - (steps[0] ?? 0)).toBeGreaterThanOrEqual(195);
    expect((steps[1] ?? 0) - (steps[0] ?? 0)).toBeLessThan(10_000);
  });

  test('woken at once does not wait for a wake that was to come later', async () => {
    const { loop, steps, nth } = running();
    const second = nth(2);
    loop.wake(60_000);
    loop.wake();
    await second;
    expect((steps[1] ?? 0) - (steps[0] ?? 0)).toBeLessThan(10_000);
  });

  test('takes wakes together that come fast', async () => {
    const { loop, steps, nth } = running();
    const second = nth(2);
    for (let i = 0; i < 100; i += 1) loop.wake();
    await second;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(steps).toHaveLength(2);
  });

  test('stops while it sleeps, twice as well as once', async () => {
    const { loop, steps } = running();
    await loop.stop();
    await loop.stop();
    loop.wake();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(steps).toHaveLength(1);
  });
});
