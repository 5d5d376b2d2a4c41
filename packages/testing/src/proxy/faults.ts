/** What happens to the bytes of one direction. Byte counts begin anew when the faults are set. */
export interface DirectionFaults {
  /** How long each piece of data is held back; a function is asked for every piece. Order is kept. */
  delayMs?: number | (() => number);
  /** Passes at most this many bytes a second. */
  bytesPerSecond?: number;
  /** Passes so many bytes, then resets the connection both ways. 0 cuts before the next byte. */
  cutAfterBytes?: number;
  /** Passes so many bytes, then ends this direction in order (FIN) and drops the rest. */
  truncateAfterBytes?: number;
  /** Cut or truncate so many connections only, then pass again; without limit when absent. */
  times?: number;
  /** Holds all data back until it is lifted; the connection stays open. */
  hold?: boolean;
  /** A larger piece of data vanishes, and with it all that follows on its connection: a path that drops large packets. */
  largestPieceBytes?: number;
}

/**
 * What happens to a new connection: `forward` it, `half-open` (accept it and never answer, the target sees nothing),
 * `reset` it at once, or `refuse` it (nobody listens on the port).
 */
export type Welcome = 'forward' | 'half-open' | 'reset' | 'refuse';

export interface ProxyFaults {
  welcome?: Welcome;
  /** From the client to the target. */
  toTarget?: DirectionFaults;
  /** From the target to the client. */
  toClient?: DirectionFaults;
}
