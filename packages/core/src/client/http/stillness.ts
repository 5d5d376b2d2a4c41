/** Aborts a call when its caller says so, or when nothing of it has moved for a while. */
export class Stillness {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  #isHeld = false;
  readonly #abort = (): void => this.#controller.abort(this.#caller?.reason);

  constructor(afterMs: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    this.#timer = setTimeout(() => {
      if (this.#isHeld) this.#timer.refresh();
      else this.#controller.abort(new Error(`nothing moved for ${afterMs} ms`));
    }, afterMs);
    // By hand: a signal that lives as long as the caller would keep every combined one.
    caller?.addEventListener('abort', this.#abort, { once: true });
    if (caller?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Nothing has to move until something does again: whoever reads it has not asked for more. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Something has moved. */
  moved(): void {
    this.#isHeld = false;
    this.#timer.refresh();
  }

  /** The call is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#abort);
  }
}
