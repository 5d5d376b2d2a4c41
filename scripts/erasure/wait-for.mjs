import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.mjs';

/**
 * Looks again and again until there is what is waited for.
 * @template T
 * @param {string} what
 * @param {AbortSignal} signal
 * @param {() => Promise<T | undefined>} look
 * @returns {Promise<T>}
 */
export async function waitFor(what, signal, look, mostMs = 120_000) {
  const giveUpAt = Date.now() + mostMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) throw new Failure(`${what} did not come within ${mostMs / 1_000} s.`);
    await sleep(250, undefined, { signal });
  }
}
