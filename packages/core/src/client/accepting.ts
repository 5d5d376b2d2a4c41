import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Announcements } from '../consumers/announcements.ts';
import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import { KnownConsumers } from '../consumers/known-consumers.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { RequestJobs } from '../queues/request-jobs.ts';
import { Refusal } from '../requests/refusal.ts';
import { defaultConsumer, finalStates, type Kind, type RequestView } from '../requests/request.ts';
import { checkRequestId } from '../requests/request-id.ts';
import type { RequestIndex } from '../requests/request-index.ts';
import { storeRequest } from '../requests/upload.ts';
import { sealed } from './answering.ts';
import { checkItems, checkNotes } from './checks.ts';
import type { AcceptOptions, Items } from './session-queue.ts';

export interface AcceptingOptions {
  queues: Record<Kind, Queue>;
  index: RequestIndex;
  announcements: Announcements;
  busy: BusyConsumers;
  keysOf: (consumer: string) => ConsumerKeys;
  /** The request as it is now; refuses when it is gone. */
  viewOf: (keys: ConsumerKeys, id: string) => Promise<RequestView>;
  /** Whether session ids that are to be deleted go into the index of sessions. */
  isIndexing: () => Promise<boolean>;
}

/** Makes requests: reserves the id, stores the items, and adds the job. Every call may be repeated (invariants 1, 11). */
export class Accepting {
  readonly #options: AcceptingOptions;
  readonly #jobs: Record<Kind, RequestJobs>;
  readonly #known: KnownConsumers;

  constructor(options: AcceptingOptions) {
    this.#options = options;
    const { deletion, resubmission } = options.queues;
    this.#jobs = { deletion: new RequestJobs(deletion), resubmission: new RequestJobs(resubmission) };
    this.#known = new KnownConsumers(options.announcements);
  }

  /** Refuses a consumer that no worker has ever announced. */
  async checkConsumer(consumer: string): Promise<void> {
    await this.#known.check(consumer);
  }

  async accept(kind: Kind, given: Items, ignoring: boolean, options: AcceptOptions): Promise<RequestView> {
    const { items, release } = begun(checkItems(kind, given));
    try {
      return await this.#store(kind, items, ignoring, options);
    } finally {
      await release();
    }
  }

  async #store(kind: Kind, items: Items, ignoring: boolean, options: AcceptOptions): Promise<RequestView> {
    const { index, busy, keysOf, viewOf, isIndexing } = this.#options;
    const { consumer = defaultConsumer, ...notes } = checkNotes(kind, options);
    const id = checkRequestId(options.id ?? randomUUID());
    const { skipped, resumable, signal } = options;
    signal?.throwIfAborted();
    await this.checkConsumer(consumer);
    const keys = keysOf(consumer);
    const placed = [index.reserve(id, { kind, consumer }), isIndexing(), busy.mark(consumer)] as const;
    const [place, indexed] = await Promise.all(placed);
    if (place.kind !== kind || place.consumer !== consumer) {
      throw new Refusal('id_taken', 'this id belongs to a request with other content', { field: 'id' });
    }
    const made = await storeRequest(keys, { id, kind, ignoring, items, notes, skipped, resumable, signal, indexed });
    return await sealed(async () => {
      const view = made ?? (await viewOf(keys, id));
      if (finalStates.has(view.state)) return view;
      if (made !== undefined && place.isNew) index.keepSoon(keys, id);
      else await index.keep(keys, id, kind);
      await this.#jobs[kind].add(view);
      return view;
    });
  }
}

/**
 * Takes the iterator of an async source at once. Some sources (Node's readline) begin to run when they are made, and what they give
 * before anybody listens is lost.
 */
function begun(given: Items): { items: Items; release: () => Promise<void> } {
  if (!(Symbol.asyncIterator in given)) return { items: given, release: async () => undefined };
  const iterator = given[Symbol.asyncIterator]();
  return {
    items: { [Symbol.asyncIterator]: () => iterator },
    release: async () => {
      await iterator.return?.();
    },
  };
}
