import { Refusal } from '../requests/refusal.ts';
import type { Announcements } from './announcements.ts';

const knownForMs = 5_000;

/** Tells whether a request may be made for a consumer. Names stay known for good, so that what was read is used for a while. */
export class KnownConsumers {
  readonly #announcements: Announcements;
  #known: ReadonlySet<string> = new Set();
  #until = 0;

  constructor(announcements: Announcements) {
    this.#announcements = announcements;
  }

  /**
   * Refuses one that no worker has ever announced; before the first worker, none. The others are not named: whoever asks may not be
   * meant to know of them.
   */
  async check(consumer: string): Promise<void> {
    if (this.#known.has(consumer) && performance.now() < this.#until) return;
    const names = await this.#announcements.names();
    this.#known = new Set(names);
    this.#until = performance.now() + knownForMs;
    if (names.length === 0 || this.#known.has(consumer)) return;
    throw new Refusal('unknown_consumer', 'no worker has announced this consumer', { field: 'consumer' });
  }
}
