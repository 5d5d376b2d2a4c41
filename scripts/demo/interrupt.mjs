import { Failure } from '../failure.mjs';

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** npm passes on a Ctrl-C that the terminal has sent already: two signals so close together are one. */
const sameWithinMs = 1_000;

/**
 * Aborts at the first Ctrl-C (or SIGTERM, or the end of the terminal). At a second one the process goes at once, and the
 * watchdogs end everything that it has started.
 * @param {(code: number) => void} [exit]
 * @returns {{ signal: AbortSignal, stopListening: () => void }}
 */
export function listenForInterrupt(exit = (code) => process.exit(code)) {
  const interrupted = new AbortController();
  let firstAt = 0;
  const interrupt = () => {
    if (!interrupted.signal.aborted) {
      firstAt = Date.now();
      interrupted.abort(new Failure('Stopped.'));
    } else if (Date.now() - firstAt > sameWithinMs) {
      exit(130);
    }
  };
  for (const name of signals) process.on(name, interrupt);
  return {
    signal: interrupted.signal,
    stopListening: () => {
      for (const name of signals) process.off(name, interrupt);
    },
  };
}
