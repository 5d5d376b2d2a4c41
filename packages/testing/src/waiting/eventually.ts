import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface EventuallyOptions {
  /** Gives up after this long (5,000). A check that hangs is given up as well. */
  timeoutMs?: number;
  /** Pause between two checks (20). */
  intervalMs?: number;
  /** What is waited for, for the error's message. */
  what?: string;
}

type Outcome<T> = { done: true; value: T } | { done: false; value: unknown; error?: unknown };

/**
 * Checks again and again until the check returns something, and returns that. `false`, `null` and `undefined` mean
 * 'not yet', and so does a throw. Once the time is up it throws with what the last check returned or threw (`cause`).
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const { timeoutMs = 5_000, intervalMs = 20, what = 'the condition' } = options;
  const giveUp = new AbortController();
  // In tenths: where the process was not run for seconds, that takes one of them and not the whole time.
  let left = 10;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) giveUp.abort();
  }, timeoutMs / 10);
  const timeIsUp = new Promise<undefined>((resolve) => {
    giveUp.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let last: Outcome<Exclude<T, false | null | undefined>> | undefined;
  try {
    while (!giveUp.signal.aborted) {
      const outcome = await Promise.race([attempt(check), timeIsUp]);
      if (outcome?.done) return outcome.value;
      last = outcome ?? last;
      await sleep(intervalMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    }
  } finally {
    clearInterval(timer);
  }
  throw gaveUp(what, timeoutMs, last);
}

async function attempt<T>(check: () => T | Promise<T>): Promise<Outcome<Exclude<T, false | null | undefined>>> {
  try {
    const value = await check();
    return isThere(value) ? { done: true, value } : { done: false, value };
  } catch (error) {
    return { done: false, value: undefined, error };
  }
}

function isThere<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}

function gaveUp(what: string, timeoutMs: number, last: Outcome<unknown> | undefined): Error {
  const start = `${what} did not come true within ${timeoutMs} ms`;
  if (last === undefined) return new Error(`${start}; the check never answered`);
  if ('error' in last) {
    const message = last.error instanceof Error ? last.error.message : inspect(last.error);
    return new Error(`${start}; the last check threw: ${message}`, { cause: last.error });
  }
  const hint = last.value === undefined ? ' (a check must return true or a value, or throw)' : '';
  return new Error(`${start}; the last check returned ${inspect(last.value)}${hint}`);
}
