/** The time that a rate is taken over: long enough for some batches, short enough to follow a change. */
const spanMs = 30_000;

interface Look {
  atMs: number;
  done: number;
}

/** How fast something goes, over the last half minute. */
export class Pace {
  readonly #looks: Look[] = [];

  /** Notes how much is done at a moment. */
  look(atMs: number, done: number): void {
    this.#looks.push({ atMs, done });
    // One look at or before the beginning of the span stays, to count from.
    while ((this.#looks[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - spanMs) this.#looks.shift();
  }

  /** A second; `undefined` before there are two looks. */
  get perSecond(): number | undefined {
    const [first, last] = [this.#looks[0], this.#looks.at(-1)];
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return undefined;
    return ((last.done - first.done) * 1_000) / (last.atMs - first.atMs);
  }

  /** How long the rest takes at this pace, in seconds; `undefined` when nothing moves. */
  secondsFor(rest: number): number | undefined {
    const { perSecond } = this;
    return perSecond === undefined || perSecond <= 0 ? undefined : rest / perSecond;
  }
}
