import type { Logger } from 'pino';
import type { LifeSign } from './life-sign.ts';

/** A part that shows no sign of life. */
export interface OverduePart {
  part: string;
  /** For how long; 0 of a part that has ended. */
  silentMs: number;
}

export interface WatchdogBounds {
  /** How often it looks. */
  everyMs: number;
  /**
   * A part that is silent for longer is overdue. A step takes milliseconds, the longest turn of an idle BullMQ worker 16 s, one
   * that a person has rate-limited 30 s, and connections that went deaf are made anew after 18 s at most.
   */
  overdueAfterMs: number;
  /** For so long Redis has to answer while a part is overdue, at every look. */
  confirmMs: number;
  /** A look that takes longer was held up itself, and says nothing. */
  longestLookMs: number;
}

export interface WatchdogOptions {
  signs: () => Iterable<LifeSign>;
  /** Whether Redis answers now, on a fresh connection; bounded. */
  redisAnswers: () => Promise<boolean>;
  /** Told once what is dead; the process is to end then. */
  onDead: (dead: readonly OverduePart[]) => void;
  logger: Logger;
  bounds?: Partial<WatchdogBounds>;
}

const productionBounds: WatchdogBounds = {
  everyMs: 5_000,
  overdueAfterMs: 45_000,
  confirmMs: 30_000,
  longestLookMs: 10_000,
};

/**
 * Ends a worker that has hung for good, so that its supervisor starts a new one. What it waits for first:
 * W1. A part that has ended is dead at once. Any other is dead once it was silent for `overdueAfterMs` and `confirmMs` more.
 * W2. Only time counts in which the process ran: after SIGSTOP or a blocked event loop, which it tells by its own late looks, all
 *     parts have their whole time again.
 * W3. Only time counts in which Redis answered: without it every part hangs, and a new process would too.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #bounds: WatchdogBounds;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #dueAt = 0;
  /** Silence from before this moment does not count. */
  #countsFrom = 0;
  #overdue: readonly OverduePart[] = [];

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#bounds = { ...productionBounds, ...options.bounds };
  }

  start(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#countsFrom = performance.now();
    this.#sleep();
  }

  /** It looks no more: a stop has a bound of its own. Safe twice and before `start`. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#overdue = [];
  }

  /** What was overdue at the last look, while Redis answered. */
  get overdue(): readonly OverduePart[] {
    return this.#overdue;
  }

  #sleep(): void {
    this.#dueAt = performance.now() + this.#bounds.everyMs;
    this.#timer = setTimeout(() => void this.#look(), this.#bounds.everyMs);
  }

  async #look(): Promise<void> {
    const { redisAnswers, signs } = this.#options;
    const now = performance.now();
    const ended = [...signs()].filter(({ hasEnded }) => hasEnded);
    if (ended.length > 0) return this.#end(ended.map(({ part }) => ({ part, silentMs: 0 })));
    // W2
    if (now - this.#dueAt > this.#bounds.everyMs) this.#countsFrom = now;
    if (this.#silent().length > 0) {
      const answers = await redisAnswers();
      if (this.#stopped) return;
      const wasHeldUp = performance.now() - now > this.#bounds.longestLookMs;
      if (!answers || wasHeldUp) this.#countsFrom = performance.now();
    }
    const overdue = this.#silent();
    this.#note(overdue);
    const { overdueAfterMs, confirmMs } = this.#bounds;
    const dead = overdue.filter(({ silentMs }) => silentMs > overdueAfterMs + confirmMs);
    if (dead.length > 0) return this.#end(dead);
    this.#sleep();
  }

  #silent(): OverduePart[] {
    const now = performance.now();
    return [...this.#options.signs()].flatMap(({ part, silentSince }) => {
      if (silentSince === undefined) return [];
      const silentMs = Math.round(now - Math.max(silentSince, this.#countsFrom));
      return silentMs > this.#bounds.overdueAfterMs ? [{ part, silentMs }] : [];
    });
  }

  #note(overdue: readonly OverduePart[]): void {
    const known = new Set(this.#overdue.map(({ part }) => part));
    for (const { part, silentMs } of overdue) {
      if (!known.has(part)) this.#options.logger.warn({ part, silentMs }, 'a part of the worker shows no sign of life');
    }
    this.#overdue = overdue;
  }

  #end(dead: readonly OverduePart[]): void {
    this.#overdue = dead;
    this.#options.onDead(dead);
  }
}
