import type { DirectionFaults } from './faults.ts';

/** The faults of one direction as they stand now, for all connections together. Byte counts are per connection. */
export class Direction {
  #faults: DirectionFaults = {};
  #timesLeft = Number.POSITIVE_INFINITY;
  #version = 0;
  readonly #waiting = new Set<() => void>();

  set(faults: DirectionFaults): void {
    this.#faults = faults;
    this.#timesLeft = faults.times ?? Number.POSITIVE_INFINITY;
    this.#version++;
    for (const wake of this.#waiting) wake();
  }

  get faults(): DirectionFaults {
    return this.#faults;
  }

  /** Grows with every `set`: byte counts of an older version are worth nothing. */
  get version(): number {
    return this.#version;
  }

  /** How many more bytes may pass, and what comes after them. */
  limit(passed: number): { bytes: number; how: 'cut' | 'truncate' } | undefined {
    if (this.#timesLeft <= 0) return undefined;
    const { cutAfterBytes, truncateAfterBytes } = this.#faults;
    if (cutAfterBytes !== undefined) return { bytes: Math.max(0, cutAfterBytes - passed), how: 'cut' };
    if (truncateAfterBytes !== undefined) return { bytes: Math.max(0, truncateAfterBytes - passed), how: 'truncate' };
    return undefined;
  }

  /** Notes that one connection was cut or truncated. */
  spend(): void {
    this.#timesLeft--;
  }

  delayMs(): number {
    const { delayMs = 0 } = this.#faults;
    return typeof delayMs === 'number' ? delayMs : delayMs();
  }

  /** Calls back at every `set` until the returned function is called. */
  onChange(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }
}
