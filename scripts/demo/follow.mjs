import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.mjs';

/** @typedef {import('./producer-api.mjs').RequestView} RequestView */

const finalStates = ['completed', 'failed', 'cancelled'];
const pauseMs = 250;
/** Far more than the job takes: 40 calls at one a second. */
const giveUpAfterMs = 240_000;

/**
 * Follows requests until each has come to its end.
 * @param {object} options
 * @param {readonly RequestView[]} options.requests
 * @param {(id: string) => Promise<RequestView>} options.getRequest
 * @param {(views: readonly RequestView[]) => void} options.onProgress
 * @param {() => Promise<void>} options.checkHealth throws when it makes no sense to go on
 * @param {AbortSignal} options.signal
 * @returns {Promise<RequestView[]>}
 */
export async function follow({ requests, getRequest, onProgress, checkHealth, signal }) {
  const giveUpAt = Date.now() + giveUpAfterMs;
  for (;;) {
    signal.throwIfAborted();
    await checkHealth();
    const views = await Promise.all(requests.map(async ({ id }) => await getRequest(id)));
    onProgress(views);
    if (views.every(({ state }) => finalStates.includes(state))) return views;
    if (Date.now() > giveUpAt) {
      throw new Failure(`The requests did not end within ${giveUpAfterMs / 1_000} s: ${JSON.stringify(views)}`);
    }
    await sleep(pauseMs, undefined, { signal });
  }
}
