interface Seen {
  /** Epoch ms. */
  lastAt: number;
  /** Commands that wait for their answer, on connections that stand. */
  waiting: number;
}

/** What is seen of each process's steps: one that stopped consuming takes none any more, and waits in none. */
export class StepsSeen {
  readonly #seen = new Map<string, Seen>();

  began(who: string, step: string): void {
    const seen = this.#of(who, step);
    seen.lastAt = Date.now();
    seen.waiting += 1;
  }

  /** It was answered, or its connection is gone. */
  ended(who: string, step: string): void {
    this.#of(who, step).waiting -= 1;
  }

  /** Whether a process has taken a step since a moment, or waits in one. */
  isActive(who: string, step: string, since: number): boolean {
    const { lastAt, waiting } = this.#of(who, step);
    return waiting > 0 || lastAt >= since;
  }

  #of(who: string, step: string): Seen {
    const name = `${who} ${step}`;
    const seen = this.#seen.get(name) ?? { lastAt: 0, waiting: 0 };
    this.#seen.set(name, seen);
    return seen;
  }
}
