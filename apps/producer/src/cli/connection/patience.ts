import { Refusal } from '@session-queue/core';
import { type Terminal, tell } from '../terminal.ts';
import { describeRefusal, isPassing } from './refusals.ts';

/**
 * How long a call that may be repeated is waited with, in seconds: a new start of Redis or of the producer fits in, and
 * so does the lease (10 s) of an upload whose producer died.
 */
const patienceSeconds = 60;
const longestPauseSeconds = 15;

/** Repeats what is safe to repeat while the other side is away or has no room, and says so. */
export async function withPatience<T>(terminal: Terminal, work: () => Promise<T>): Promise<T> {
  let waited = 0;
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPauseSeconds)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refusal) || !isPassing(error) || terminal.interrupted.aborted) throw error;
      const seconds = error.retryAfterMs === undefined ? pause : Math.ceil(error.retryAfterMs / 1_000);
      waited += seconds;
      if (waited > patienceSeconds) throw error;
      tell(terminal, `${describeRefusal(error)}\nTrying again in ${seconds} s.`);
      await terminal.pause(seconds * 1_000);
    }
  }
}
