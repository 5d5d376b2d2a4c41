import type { ConsumerKeys } from '@session-queue/core/engine';

/** With another key no session that was deleted would be known: the worker would send it, and bring it back. */
export class ForeignTombstones extends Error {
  override readonly name = 'ForeignTombstones';

  constructor({ consumer, base }: Pick<ConsumerKeys, 'consumer' | 'base'>) {
    super(
      `the tombstones of the consumer '${consumer}' were made with another TOMBSTONE_KEY: give this worker the one that the others have; where it is lost, delete the keys ${base}tombstones* in Redis, and what was deleted until now is forgotten`,
    );
  }
}
