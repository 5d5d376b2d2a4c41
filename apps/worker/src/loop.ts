/** Node's timers take no more than this; a loop that sleeps until it is woken looks again after it. */
const longestSleepMs = 2 ** 30;
/** Wakes that come faster than this are taken together. */
const wakeGapMs = 5;

export interface LoopOptions {
  /** Does one piece of work; answers how many ms to sleep: 0 for more at once, `Infinity` until woken. */
  step: () => Promise<number>;
  /** Says how long to wait after a step that threw. */
  onError: (error: unknown) => number;
}

/**
 * One `while` that works, sleeps and can be woken. `stop` lets the running step finish and is safe twice and before `start`.
 */
export class Loop {
  readonly #options: LoopOptions;
  #running: Promise<void> | undefined;
  #stopping = false;
  #woken = false;
  #interrupt: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the present sleep, or the next one if a step is running. */
  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#interrupt?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      const waitMs = await this.#step();
      if (waitMs > 0) await this.#sleep(waitMs);
    }
  }

  async #step(): Promise<number> {
    try {
      return await this.#options.step();
    } catch (error) {
      return this.#options.onError(error);
    }
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#stopping) return;
    const sleepMs = this.#woken ? Math.min(wakeGapMs, ms) : Math.min(ms, longestSleepMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, sleepMs);
      this.#interrupt = () => {
        clearTimeout(timer);
        setTimeout(resolve, this.#stopping ? 0 : Math.min(wakeGapMs, ms));
        this.#interrupt = undefined;
      };
    });
    this.#interrupt = undefined;
  }
}
