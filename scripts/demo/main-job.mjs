import { Failure } from '../failure.mjs';
import { readBooks } from './books.mjs';
import { follow } from './follow.mjs';
import { ProducerApi } from './producer-api.mjs';
import { ProgressBars } from './progress.mjs';
import { tailOf } from './service.mjs';

/** @typedef {import('./producer-api.mjs').RequestView} RequestView */

/**
 * Deletes and resubmits the example files through the producer, and reads the books once both requests have ended.
 * @param {object} options
 * @param {import('./system.mjs').System} options.system
 * @param {import('./input.mjs').Input} options.input
 * @param {AbortSignal} options.signal
 */
export async function doMainJob({ system, input, signal }) {
  const api = new ProducerApi(system.producerUrl, system.token);
  const accepted = [await api.deleteSessions(input.sessionIds), await api.resubmit(input.submissions)];
  const bars = new ProgressBars();
  const [deletion, resubmission] = await follow({
    requests: accepted,
    getRequest: async (id) => await api.getRequest(id),
    onProgress: (views) => bars.show(views.map(rowOf)),
    checkHealth: async () => {
      const [dead] = system.dead();
      if (dead !== undefined) throw new Failure(`${dead.name} has ended by itself. ${await tailOf(dead.log)}`);
    },
    signal,
  });
  if (deletion === undefined || resubmission === undefined) throw new Failure('A request got lost.');
  bars.finish([deletion, resubmission].map(rowOf));
  return { deletion, resubmission, books: await readBooks(system.fakeUrl) };
}

/** @param {RequestView} view */
function rowOf({ kind, counts }) {
  const done = counts.succeeded + counts.failed + counts.cancelled;
  return { name: kind === 'deletion' ? 'Deletions' : 'Resubmissions', done, total: counts.total };
}
