import { Failure } from '../failure.mjs';

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** npm passes on a Ctrl-C that the terminal has sent already: two signals so close together are one. */
const sameWithinMs = 1_000;

/**
 * Aborts at the first Ctrl-C (or SIGTERM, or the end of the terminal). At a second one the process goes at once, and the
 * watchdogs end everything that it has started.
 * @param {(code: number) => void} [exit]
 * @returns {{ signal: AbortSignal, received: () => string | undefined, stopListening: () => void }}
 */
export function listenForInterrupt(exit = (code) => process.exit(code)) {
  const interrupted = new AbortController();
  let firstAt = 0;
  /** @type {string | undefined} */
  let received;
  /** @param {string} name */
  const interrupt = (name) => {
    if (!interrupted.signal.aborted) {
      firstAt = Date.now();
      received = name;
      interrupted.abort(new Failure(`Interrupted by ${name} before it was done.`));
    } else if (Date.now() - firstAt > sameWithinMs) {
      exit(130);
    }
  };
  const listeners = signals.map((name) => ({ name, listener: () => interrupt(name) }));
  for (const { name, listener } of listeners) process.on(name, listener);
  return {
    signal: interrupted.signal,
    received: () => received,
    stopListening: () => {
      for (const { name, listener } of listeners) process.off(name, listener);
    },
  };
}
