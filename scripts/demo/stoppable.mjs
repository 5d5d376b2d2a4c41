import { dim, yellow } from '../terminal/style.mjs';
import { CleanupList } from './cleanup.mjs';
import { listenForInterrupt } from './interrupt.mjs';

/**
 * Runs something that starts processes: they are stopped at its end, however it ends, and Ctrl-C ends it in order.
 * @template T
 * @param {(cleanup: CleanupList, signal: AbortSignal) => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function stoppable(run) {
  const cleanup = new CleanupList();
  const interrupt = listenForInterrupt();
  try {
    return await run(cleanup, interrupt.signal);
  } catch (error) {
    // Whatever an interruption makes fail, the interruption is what happened.
    interrupt.signal.throwIfAborted();
    throw error;
  } finally {
    console.log(dim('\nStopping everything ...'));
    for (const fault of await cleanup.run()) console.log(yellow(fault));
    interrupt.stopListening();
    const by = interrupt.received();
    console.log(by === undefined ? 'Stopped.' : `Stopped (${by}).`);
  }
}

/**
 * Waits for Ctrl-C.
 * @param {AbortSignal} signal
 */
export async function untilStopped(signal) {
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    // Nothing else may be left that keeps this process alive.
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => clearInterval(alive), { once: true });
  });
}
