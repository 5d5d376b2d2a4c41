import { Refusal } from '../requests/refusal.ts';
import type { Announcements } from './announcements.ts';

const knownForMs = 5_000;
const mostNamed = 20;

/** Tells whether a request may be made for a consumer. Names stay known for good, so that what was read is used for a while. */
export class KnownConsumers {
  readonly #announcements: Announcements;
  #known: ReadonlySet<string> = new Set();
  #until = 0;

  constructor(announcements: Announcements) {
    this.#announcements = announcements;
  }

  /** Refuses one that no worker has ever announced; before the first worker, none. */
  async check(consumer: string): Promise<void> {
    if (this.#known.has(consumer) && performance.now() < this.#until) return;
    const names = await this.#announcements.names();
    this.#known = new Set(names);
    this.#until = performance.now() + knownForMs;
    if (names.length === 0 || this.#known.has(consumer)) return;
    const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '';
    const shown = `${names.slice(0, mostNamed).join(', ')}${more}`;
    throw new Refusal('unknown_consumer', `no worker knows the consumer '${consumer}'; known: ${shown}`, {
      field: 'consumer',
    });
  }
}
