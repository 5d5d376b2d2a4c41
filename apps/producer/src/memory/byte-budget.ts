import { Problem } from '../problems/problem.ts';

interface Waiting {
  bytes: number;
  start: () => void;
}

/** Gives back all the bytes taken but for those still held (none). More than are held at the time changes nothing. */
export type GiveBack = (stillHeld?: number) => void;

/**
 * Bounds what bodies hold of the memory at once, over all requests. A body takes what it may come to hold before it is
 * read, and gives back what it turns out not to need. Who finds no room waits in line for a moment and then gets a 503:
 * ten full uploads at once are slow, not a crash.
 */
export class ByteBudget {
  private readonly waitMs: number;
  private readonly line: Waiting[] = [];
  private free: number;

  constructor(options: { bytes: number; waitMs: number }) {
    this.free = options.bytes;
    this.waitMs = options.waitMs;
  }

  async take(bytes: number): Promise<GiveBack> {
    if (this.line.length > 0 || bytes > this.free) await this.waitInLine(bytes);
    else this.free -= bytes;
    let held = bytes;
    return (stillHeld = 0) => {
      if (stillHeld >= held) return;
      this.free += held - stillHeld;
      held = stillHeld;
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
        reject(new Problem('busy', 'Too many large bodies at once; nothing was accepted.', { retryAfterSeconds: 2 }));
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
