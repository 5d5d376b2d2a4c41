import { Problem } from '../problems/problem.ts';

interface Waiting {
  bytes: number;
  start: () => void;
}

/**
 * Bounds the bodies held in memory at once, over all requests. Who finds no room waits in line for a moment and then
 * gets a 503: ten full uploads at once are slow, not a crash.
 */
export class ByteBudget {
  private readonly waitMs: number;
  private readonly line: Waiting[] = [];
  private free: number;

  constructor(options: { bytes: number; waitMs: number }) {
    this.free = options.bytes;
    this.waitMs = options.waitMs;
  }

  /** Resolves to the function that gives the bytes back (once; further calls do nothing). */
  async take(bytes: number): Promise<() => void> {
    if (this.line.length > 0 || bytes > this.free) await this.waitInLine(bytes);
    else this.free -= bytes;
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.free += bytes;
      this.admit();
    };
  }

  private async waitInLine(bytes: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        bytes,
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.line.splice(this.line.indexOf(waiting), 1);
        // The one behind may be smaller, and fit.
        this.admit();
        reject(new Problem('busy', 'Too many large bodies at once; nothing was kept.', { retryAfterSeconds: 2 }));
      }, this.waitMs);
      this.line.push(waiting);
    });
  }

  private admit(): void {
    for (let first = this.line[0]; first !== undefined && first.bytes <= this.free; first = this.line[0]) {
      this.line.shift();
      this.free -= first.bytes;
      first.start();
    }
  }
}
