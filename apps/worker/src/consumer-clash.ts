import type { AnnouncementClash } from '@session-queue/core/engine';

/** Two consumers that would share a quota without knowing, or one name that would mean two accounts. */
export class ConsumerClash extends Error {
  override readonly name = 'ConsumerClash';

  constructor({ is, names }: AnnouncementClash) {
    super(
      is === 'one key'
        ? `the consumers '${names[0]}' and '${names[1]}' (of a running worker) have one key: they would exceed its quota; give both names one consumer`
        : `the consumer '${names[0]}' has another key or address here than in a running worker; stop that one first, or use another name`,
    );
  }
}
