const firstMs = 5_000;
const longestMs = 3 * 60_000;
const tellAgainMs = 15 * 60_000;

/** Steps that failed one after the other, and the rest behind each: it doubles from 5 s to 3 min, less up to half of it. */
export class FailureRow {
  #count = 0;
  #restsUntil = 0;
  #tellsAt = 0;

  /** What is left of the rest (ms). No event ends it: others are to come first. */
  get leftMs(): number {
    return Math.max(0, this.#restsUntil - performance.now());
  }

  add(): void {
    const restMs = Math.min(longestMs, firstMs * 2 ** Math.min(this.#count, 10)) * (0.5 + Math.random() / 2);
    this.#count += 1;
    this.#restsUntil = performance.now() + restMs;
  }

  /** Whether to tell of the newest: of the first of a row, and of one each quarter of an hour. */
  isToTell(): boolean {
    if (performance.now() < this.#tellsAt) return false;
    this.#tellsAt = performance.now() + tellAgainMs;
    return true;
  }

  /** A step went well. */
  end(): void {
    this.#count = 0;
    this.#tellsAt = 0;
  }
}
