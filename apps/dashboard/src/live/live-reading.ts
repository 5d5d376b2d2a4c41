/** Somebody who wants to know of each reading, or why there is none. */
export interface ReadingListener<T> {
  told(reading: T): void;
  failed(error: unknown): void;
}

/** A timer may come a little early, in ms: what was read an interval ago is old then all the same. */
const earlyMs = 50;

/**
 * One reading for all who look, at most one at a time: made again so many ms after the last one has ended, and only while somebody
 * listens. `stop` is safe twice, and lets go of all listeners.
 */
export class LiveReading<T> {
  readonly #read: () => Promise<T>;
  readonly #everyMs: number;
  readonly #listeners = new Set<ReadingListener<T>>();
  #latest: { reading: T; at: number } | undefined;
  #underWay: Promise<T> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(read: () => Promise<T>, everyMs: number) {
    this.#read = read;
    this.#everyMs = everyMs;
  }

  /** What was read within the last interval, else what is read now. */
  async current(): Promise<T> {
    const latest = this.#latest;
    if (latest !== undefined && performance.now() - latest.at < this.#everyMs - earlyMs) return latest.reading;
    return await this.#readOnce();
  }

  /** Tells what is known at once, and each reading from then on; answers with what ends that. */
  subscribe(listener: ReadingListener<T>): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#next(0);
    else if (this.#latest !== undefined) listener.told(this.#latest.reading);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** What was read, or is being read now, is old: the next one who asks has it read anew. */
  forget(): void {
    this.#latest = undefined;
    this.#underWay = undefined;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  stop(): void {
    this.#listeners.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(inMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tell(), inMs);
  }

  async #tell(): Promise<void> {
    try {
      const reading = await this.current();
      for (const listener of this.#listeners) listener.told(reading);
    } catch (error) {
      for (const listener of this.#listeners) listener.failed(error);
    }
    if (this.#listeners.size > 0) this.#next(this.#everyMs);
  }

  async #readOnce(): Promise<T> {
    this.#underWay ??= this.#read();
    const reading = this.#underWay;
    try {
      const value = await reading;
      if (this.#underWay === reading) this.#latest = { reading: value, at: performance.now() };
      return value;
    } finally {
      if (this.#underWay === reading) this.#underWay = undefined;
    }
  }
}
