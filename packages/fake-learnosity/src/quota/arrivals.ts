/** One call on its way in: its headers have come, its body perhaps not. `at` is when the headers came, epoch ms. */
export interface Arrival {
  readonly at: number;
}

/** Calls whose headers have come and that are not judged yet: they bound what the sliding windows may forget. */
export class Arrivals {
  readonly #clock: () => number;
  readonly #open = new Set<Arrival>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  open(): Arrival {
    const arrival = { at: this.#clock() };
    this.#open.add(arrival);
    return arrival;
  }

  /** The call is judged or gone. Safe to say twice. */
  close(arrival: Arrival): void {
    this.#open.delete(arrival);
  }

  /** No call that is judged from now on came in before this time. A Set keeps the order of its entries: the first is the oldest. */
  horizon(): number {
    for (const oldest of this.#open) return oldest.at;
    return this.#clock();
  }
}
