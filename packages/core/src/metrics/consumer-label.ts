/** Consumers that have a value of their own; Prometheus keeps a series for each, of every metric. */
const mostConsumers = 200;
const others = 'other';

/** Names consumers in metrics: the first 200 that come by their names, any more together as `other`. */
export class ConsumerLabel {
  readonly #named = new Set<string>();
  readonly #most: number;

  constructor(most = mostConsumers) {
    this.#most = most;
  }

  of(consumer: string): string {
    if (this.#named.has(consumer)) return consumer;
    if (this.#named.size >= this.#most) return others;
    this.#named.add(consumer);
    return consumer;
  }
}
