import { Refusal } from '@session-queue/core';

/**
 * How long Redis may be silent, in ms, before a request is answered with a 503: the promise is 5 s after the
 * request's arrival, and reading and checking the body need their part of it.
 */
export const defaultSilenceMs = 4_000;

/** What a long piece of work is given: it says that it moves, and hears when nobody waits any longer. */
export interface Watch {
  moving(): void;
  /** Waits for what is nobody's silence: a client that sends, a turn among others. */
  elsewhere<T>(work: Promise<T>): Promise<T>;
  /** How long nothing may move, in ms. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Runs work that may take long, as long as it moves; after `silenceMs` without a sign it is `unavailable`. */
export async function whileMoving<T>(silenceMs: number, work: (watch: Watch) => Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  let movedAt = performance.now();
  let elsewhere = 0;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const check = (): void => {
      const left = elsewhere > 0 ? silenceMs : movedAt + silenceMs - performance.now();
      if (left > 0) {
        timer = setTimeout(check, left);
        return;
      }
      giveUp.abort();
      reject(new Refusal('unavailable', 'Redis did not answer in time; whether this was kept is open.'));
    };
    timer = setTimeout(check, silenceMs);
  });
  const watch: Watch = {
    moving: () => {
      movedAt = performance.now();
    },
    elsewhere: async (waiting) => {
      elsewhere += 1;
      try {
        return await waiting;
      } finally {
        elsewhere -= 1;
        movedAt = performance.now();
      }
    },
    silenceMs,
    signal: giveUp.signal,
  };
  try {
    return await Promise.race([work(watch), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for an answer at most `silenceMs`; then it is `unavailable`. */
export function within<T>(silenceMs: number, answer: Promise<T>): Promise<T> {
  return whileMoving(silenceMs, () => answer);
}
