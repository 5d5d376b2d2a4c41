import type { Response } from 'express';
import type { LiveReading } from './live-reading.ts';

/** Readings by id, each shared by all who follow it and forgotten with the last of them. */
export class Followed<T> {
  readonly #make: (id: string) => LiveReading<T>;
  readonly #readings = new Map<string, LiveReading<T>>();

  constructor(make: (id: string) => LiveReading<T>) {
    this.#make = make;
  }

  /** Lets one more follow it. Throws what the reading does: an id that nobody knows is answered as such, and not followed. */
  async follow(id: string, open: (reading: LiveReading<T>) => Response): Promise<void> {
    const reading = this.#readings.get(id) ?? this.#make(id);
    this.#readings.set(id, reading);
    const forget = () => {
      if (reading.listeners === 0 && this.#readings.get(id) === reading) this.#readings.delete(id);
    };
    try {
      await reading.current();
      open(reading).once('close', forget);
    } catch (error) {
      forget();
      throw error;
    }
  }
}
