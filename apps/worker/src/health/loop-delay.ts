import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often a look is taken; each takes a few microseconds, also of an idle process. */
const resolutionMs = 20;
const nanosPerMs = 1e6;

export interface DelayFigures {
  maxMs: number;
  p99Ms: number;
}

/** How much later than planned the event loop came to its timers. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.#histogram.enable();
  }

  /** The figures since they were last taken. */
  take(): DelayFigures {
    const { max } = this.#histogram;
    const figures = { maxMs: lateMs(max), p99Ms: lateMs(Math.min(max, this.#histogram.percentile(99))) };
    this.#histogram.reset();
    return figures;
  }

  stop(): void {
    this.#histogram.disable();
  }
}

/** Node's histogram holds the time from one look to the next, the planned one included. */
function lateMs(nanos: number): number {
  return Math.max(0, Math.round((nanos / nanosPerMs - resolutionMs) * 10) / 10);
}
