import { afterEach, expect, test } from '@jest/globals';
import { deferred, eventually } from '@session-queue/testing';
import { pino } from 'pino';
import { Loop } from '../../src/loop.ts';
import { LifeSign } from '../../src/watchdog/life-sign.ts';
import { type OverduePart, Watchdog, type WatchdogOptions } from '../../src/watchdog/watchdog.ts';

const bounds = { everyMs: 20, overdueAfterMs: 150, confirmMs: 150, longestLookMs: 500 };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function watch(signs: LifeSign[], change: Partial<WatchdogOptions> = {}) {
  const found = deferred<{ dead: readonly OverduePart[]; at: number }>();
  let looks = 0;
  const watchdog = new Watchdog({
    signs: () => {
      looks += 1;
      return signs;
    },
    redisAnswers: async () => true,
    onDead: (dead) => found.resolve({ dead, at: performance.now() }),
    logger: pino({ level: 'silent' }),
    bounds,
    ...change,
  });
  watchdog.start();
  stops.push(() => watchdog.stop());
  let isDead = false;
  void found.promise.then(() => {
    isDead = true;
  });
  const looked = async (times: number) => {
    const until = looks + times;
    await eventually(() => looks >= until, { timeoutMs: 20_000 });
  };
  return { watchdog, found: found.promise, looked, looks: () => looks, isDead: () => isDead };
}

/** A loop whose first step never ends. */
function stuckLoop(): Loop {
  const loop = new Loop({ part: 'a stuck loop', step: () => new Promise(() => undefined), onError: () => 0 });
  loop.start();
  return loop;
}

function hold(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a step that never ends is overdue first and dead after that; a sleeping loop is neither', async () => {
  const sleeping = new Loop({ part: 'asleep', step: async () => Number.POSITIVE_INFINITY, onError: () => 0 });
  sleeping.start();
  stops.push(() => void sleeping.stop());
  const began = performance.now();
  const { watchdog, found } = watch([stuckLoop().sign, sleeping.sign]);
  await eventually(() => watchdog.overdue.length > 0, { intervalMs: 5 });
  expect(watchdog.overdue.map(({ part }) => part)).toEqual(['a stuck loop']);
  const { dead, at } = await found;
  expect(dead).toEqual([{ part: 'a stuck loop', silentMs: expect.any(Number) }]);
  expect(at - began).toBeGreaterThan(bounds.overdueAfterMs + bounds.confirmMs);
});

test('a part that shows itself again is no longer overdue', async () => {
  const sign = new LifeSign('slow');
  sign.show();
  const { watchdog, looked, isDead } = watch([sign]);
  await eventually(() => watchdog.overdue.length > 0, { intervalMs: 5 });
  sign.show();
  await eventually(() => watchdog.overdue.length === 0, { intervalMs: 5 });
  sign.rest();
  await looked(30);
  expect([watchdog.overdue, isDead()]).toEqual([[], false]);
});

test('what has ended is dead at once, whether Redis answers or not', async () => {
  const sign = new LifeSign('over');
  sign.end();
  const { found } = watch([sign], { redisAnswers: async () => false, bounds: { ...bounds, overdueAfterMs: 60_000 } });
  expect((await found).dead).toEqual([{ part: 'over', silentMs: 0 }]);
});

test('while Redis is away nothing is overdue, however long; once it is back all have their whole time again', async () => {
  let answers = false;
  let refused = 0;
  let backAt = Number.POSITIVE_INFINITY;
  const redisAnswers = async () => {
    if (!answers) refused += 1;
    return answers;
  };
  const { watchdog, found, isDead } = watch([stuckLoop().sign], { redisAnswers });
  await eventually(() => refused >= 5, { intervalMs: 5 });
  expect([watchdog.overdue, isDead()]).toEqual([[], false]);
  answers = true;
  backAt = performance.now();
  // The last refusal lay at most a silence ago.
  expect((await found).at - backAt).toBeGreaterThan(bounds.confirmMs);
});

test('Redis that answers only now and then is not taken for there', async () => {
  let asked = 0;
  const redisAnswers = async () => {
    asked += 1;
    return asked % 3 !== 0;
  };
  const { looked, isDead } = watch([stuckLoop().sign], { redisAnswers });
  await looked(150);
  expect(isDead()).toBe(false);
});

test('time in which the event loop was blocked does not count', async () => {
  const { watchdog, looked, isDead } = watch([stuckLoop().sign]);
  await looked(2);
  // Alone longer than all that a part is given.
  for (let n = 0; n < 3; n += 1) {
    hold(2 * (bounds.overdueAfterMs + bounds.confirmMs));
    await looked(2);
    expect([watchdog.overdue, isDead()]).toEqual([[], false]);
  }
});

test('a look that was held up while it asked Redis says nothing', async () => {
  let asked = 0;
  const redisAnswers = async () => {
    asked += 1;
    if (asked === 1) hold(bounds.longestLookMs + 100);
    return true;
  };
  const { watchdog, isDead } = watch([stuckLoop().sign], { redisAnswers });
  await eventually(() => asked === 1, { intervalMs: 1 });
  expect([watchdog.overdue, isDead()]).toEqual([[], false]);
});

test('told to stop it looks no more, also in the middle of a look', async () => {
  const answer = deferred<boolean>();
  const asked = deferred();
  const { watchdog, isDead, looks } = watch([stuckLoop().sign], {
    redisAnswers: () => {
      asked.resolve();
      return answer.promise;
    },
    bounds: { ...bounds, confirmMs: 0 },
  });
  await asked.promise;
  watchdog.stop();
  answer.resolve(true);
  const other = watch([]);
  await other.looked(5);
  expect([watchdog.overdue, isDead()]).toEqual([[], false]);
  watchdog.stop();
  watchdog.start();
  const before = looks();
  await other.looked(5);
  expect(looks()).toBe(before);
});
