/** Waits that can all be ended at once, so that nothing outlives the stand-in. */
export class Pauses {
  readonly #waiting = new Set<() => void>();
  #ended = false;

  /** Waits, at the longest until `end`. */
  wait(ms: number): Promise<void> {
    if (this.#ended || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      this.#waiting.add(finish);
    });
  }

  /** Ends every wait, and those to come. */
  end(): void {
    this.#ended = true;
    for (const finish of this.#waiting) finish();
  }
}
