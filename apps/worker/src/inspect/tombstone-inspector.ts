import {
  type ConsumerKeys,
  lookAtDeletion,
  lookAtResubmission,
  type SessionPrints,
  type TombstoneFinding,
} from '@session-queue/core/engine';
import type { InspectedBatch, Inspector, Verdict } from './inspector.ts';

const verdicts: Readonly<Record<TombstoneFinding, Verdict>> = {
  deleted: { outcome: 's', code: 'already_deleted', message: 'Its session was deleted before' },
  'to be deleted': {
    outcome: 'f',
    code: 'session_deleted',
    message: 'Its session was deleted, or is to be: this would bring it back',
  },
  'being resent': { outcome: 'w' },
};

export interface TombstoneInspectorOptions {
  keys: ConsumerKeys;
  prints: SessionPrints;
  retentionMs: number;
}

/** Knows what was deleted: it is not deleted again, and no resubmission brings it back (decision 26). */
export class TombstoneInspector implements Inspector {
  readonly #options: TombstoneInspectorOptions;

  constructor(options: TombstoneInspectorOptions) {
    this.#options = options;
  }

  async inspect({ id, kind, claims }: InspectedBatch, items: readonly string[]): Promise<ReadonlyMap<number, Verdict>> {
    const { keys, ...look } = this.#options;
    const lookAt = kind === 'deletion' ? lookAtDeletion : lookAtResubmission;
    const found = await lookAt(keys, { batch: id, claims }, items, look);
    return new Map([...found].map(([place, finding]) => [place, verdicts[finding]]));
  }
}
