import type { ConsumerKeys } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { Loop } from './loop.ts';
import type { LifeSign } from './watchdog/life-sign.ts';

export interface ConsumerPartOptions {
  keys: ConsumerKeys;
  logger: Logger;
}

export interface PartNames {
  /** Such as `tracker`, for the watchdog. */
  part: string;
  /** What it does, where that fails. */
  work: string;
  /** How long to wait after a step that threw (2,000 ms). */
  afterErrorMs?: number;
}

/** What works for one consumer, in a loop of its own. A step that throws is logged and tried again. */
export abstract class ConsumerPart<Options extends ConsumerPartOptions> {
  protected readonly options: Options;
  protected readonly loop: Loop;
  readonly #work: string;
  readonly #afterErrorMs: number;

  constructor(options: Options, { part, work, afterErrorMs = 2_000 }: PartNames) {
    this.options = options;
    this.loop = new Loop({
      part: `the ${part} of ${options.keys.consumer}`,
      step: () => this.step(),
      onError: (error) => this.onError(error),
    });
    this.#work = work;
    this.#afterErrorMs = afterErrorMs;
  }

  get sign(): LifeSign {
    return this.loop.sign;
  }

  start(): void {
    this.loop.start();
  }

  /** Something comes due in so many ms; now when absent. Starts what most consumers never have anything to do for. */
  wake(inMs?: number): void {
    this.loop.start();
    this.loop.wake(inMs);
  }

  /** Ends with the step under way. Safe twice, and before `start`. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Does one piece of work; answers how many ms to sleep: 0 for more at once, `Infinity` until woken. */
  protected abstract step(): Promise<number>;

  /** Says that a step threw; answers how long to wait then (ms). */
  protected onError(error: unknown, level: 'error' | 'debug' = 'error'): number {
    const { keys, logger } = this.options;
    logger[level]({ err: error, consumer: keys.consumer }, `${this.#work} failed; trying again`);
    return this.#afterErrorMs;
  }
}
