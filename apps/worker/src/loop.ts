import { LifeSign } from './watchdog/life-sign.ts';

/** Node's timers take no more than this; a loop that sleeps until it is woken looks again after it. */
const longestSleepMs = 2 ** 30;
/** Wakes that come faster than this are taken together. */
const wakeGapMs = 5;

export interface LoopOptions {
  /** What it is the loop of, for the watchdog. */
  part: string;
  /** Does one piece of work; answers how many ms to sleep: 0 for more at once, `Infinity` until woken. */
  step: () => Promise<number>;
  /** Says how long to wait after a step that threw. */
  onError: (error: unknown) => number;
}

/**
 * One `while` that works, sleeps and can be woken. It shows that it lives by each step; a sleep is its own choice. `stop` lets the running step finish and is safe twice and before `start`.
 */
export class Loop {
  readonly sign: LifeSign;
  readonly #options: LoopOptions;
  #running: Promise<void> | undefined;
  #stopping = false;
  /** When the sleep ends at the latest, on `performance.now()`'s clock, whatever the step said. */
  #wakesAt = Number.POSITIVE_INFINITY;
  #rearm: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.sign = new LifeSign(options.part);
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Whether the running step is the last one. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Ends the present sleep within so many ms, or the next one if a step is running. */
  wake(withinMs = wakeGapMs): void {
    const wakesAt = performance.now() + withinMs;
    if (wakesAt >= this.#wakesAt) return;
    this.#wakesAt = wakesAt;
    this.#rearm?.();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#rearm?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.sign.show();
      const waitMs = await this.#step();
      this.sign.rest();
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
    const endsAt = performance.now() + Math.min(ms, longestSleepMs);
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      this.#rearm = () => {
        clearTimeout(timer);
        const leftMs = this.#stopping ? 0 : Math.min(endsAt, this.#wakesAt) - performance.now();
        timer = setTimeout(resolve, Math.max(0, leftMs));
      };
      this.#rearm();
    });
    this.#rearm = undefined;
  }
}
