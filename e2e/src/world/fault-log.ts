/** A fault of a run. Times are epoch ms. */
export interface NotedFault {
  what: string;
  beganAt: number;
  endedAt: number;
}

/** What was broken, and when it was whole again: from there on recovery is measured. */
export class FaultLog {
  readonly faults: NotedFault[] = [];

  /** Notes a fault that lasts as long as the work: its end is when the world is whole again. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const beganAt = Date.now();
    try {
      return await work();
    } finally {
      this.faults.push({ what, beganAt, endedAt: Date.now() });
    }
  }
}
