/** What a call was signed at, and under which correction of the clock. */
interface SigningTime {
  at: Date;
  correction: number;
}

/**
 * The time that calls of one consumer are signed for: this machine's, corrected by the server's once that has refused a
 * timestamp (41004). A call is one arrival, so nothing is sent again here: the correction serves the next attempt.
 */
export interface SigningClock {
  read(): SigningTime;
  /**
   * Heeds a 41004 with the response's `Date`. True when the next attempt stands a chance: this one was signed before
   * the newest correction, or that is the first since the last success. False leaves the credentials to blame.
   */
  refused(signedAt: SigningTime, date: string | undefined): boolean;
  /** A call was taken: the clock as it is now is good. */
  accepted(): void;
}

export function createSigningClock(now: () => number): SigningClock {
  let offsetMs = 0;
  let correction = 0;
  let tried = false;

  return {
    read: () => ({ at: new Date(now() + offsetMs), correction }),
    refused(signedAt, date) {
      if (signedAt.correction !== correction) return true;
      const hopeful = !tried;
      // Corrected even without hope: a lane that is stopped probes now and then, and the clock may have been set since.
      offsetMs = offsetFrom(date, now());
      correction += 1;
      tried = true;
      return hopeful;
    },
    accepted() {
      tried = false;
    },
  };
}

function offsetFrom(date: string | undefined, now: number): number {
  const server = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(server) ? 0 : server - now;
}
