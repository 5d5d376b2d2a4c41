/** A small count for each number of a `KeyTable`; stays at 65,535 once it is there. */
export class CountColumn {
  #counts = new Uint16Array(512);

  get(number: number): number {
    return this.#counts[number] ?? 0;
  }

  /** Adds one and returns the new count. */
  increment(number: number): number {
    if (number >= this.#counts.length) {
      const counts = new Uint16Array(Math.max(number + 1, this.#counts.length * 2));
      counts.set(this.#counts);
      this.#counts = counts;
    }
    const next = Math.min(this.get(number) + 1, 65_535);
    this.#counts[number] = next;
    return next;
  }

  clear(): void {
    this.#counts.fill(0);
  }
}

/** A moment for each number of a `KeyTable`, in epoch milliseconds. */
export class TimeColumn {
  #times = new Float64Array(512);

  get(number: number): number | null {
    const time = this.#times[number] ?? 0;
    return time === 0 ? null : time;
  }

  set(number: number, time: number): void {
    if (number >= this.#times.length) {
      const times = new Float64Array(Math.max(number + 1, this.#times.length * 2));
      times.set(this.#times);
      this.#times = times;
    }
    this.#times[number] = time;
  }

  unset(number: number): void {
    if (number < this.#times.length) this.#times[number] = 0;
  }

  clear(): void {
    this.#times.fill(0);
  }
}
