import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Announcements } from '../consumers/announcements.ts';
import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import { KnownConsumers } from '../consumers/known-consumers.ts';
import type { WorkerSettings } from '../consumers/worker-settings.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { addRequestJob } from '../queues/request-jobs.ts';
import { idTaken } from '../requests/refusal.ts';
import { defaultConsumer, finalStates, type Kind, type RequestView } from '../requests/request.ts';
import { checkRequestId } from '../requests/request-id.ts';
import { formatPlace, type RequestIndex, type RequestPlace } from '../requests/request-index.ts';
import { type Placing, storeRequest } from '../requests/upload.ts';
import { type DeletedSelection, deletesSelection } from '../selections/deleted-selection.ts';
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
  /** What is done as the workers do: whether session ids go into the index of sessions, and how long a deletion may take. */
  settings: () => Promise<Pick<Required<WorkerSettings>, 'sessionIndex' | 'deletionTermMs'>>;
}

/** Makes requests: reserves the id, stores the items, and adds the job. Every call may be repeated (invariants 1, 11). */
export class Accepting {
  readonly #options: AcceptingOptions;
  readonly #known: KnownConsumers;

  constructor(options: AcceptingOptions) {
    this.#options = options;
    this.#known = new KnownConsumers(options.announcements);
  }

  /** Refuses a consumer that no worker has ever announced. */
  async checkConsumer(consumer: string): Promise<void> {
    await this.#known.check(consumer);
  }

  async accept(
    kind: Kind,
    given: Items,
    ignoring: boolean,
    options: AcceptOptions,
    selection?: DeletedSelection,
  ): Promise<RequestView> {
    const { items, release } = begun(checkItems(kind, given));
    try {
      return await this.#store(kind, items, ignoring, options, selection);
    } finally {
      await release();
    }
  }

  /** The deletion of this selection that stands under an id, brought to where `accept` leaves it; none where it is another request. */
  async standing(id: string, selection: DeletedSelection): Promise<RequestView | undefined> {
    const { index, busy, keysOf } = this.#options;
    const place = await index.find(id);
    if (place?.kind !== 'deletion') return undefined;
    const keys = keysOf(place.consumer);
    if (!(await deletesSelection(keys, id, selection))) return undefined;
    await busy.mark(place.consumer);
    return await this.#commit(keys, id, 'deletion');
  }

  async #store(
    kind: Kind,
    items: Items,
    ignoring: boolean,
    options: AcceptOptions,
    selection: DeletedSelection | undefined,
  ): Promise<RequestView> {
    const { keysOf, settings } = this.#options;
    const { consumer = defaultConsumer, ...notes } = checkNotes(kind, options);
    const id = checkRequestId(options.id ?? randomUUID());
    const { skipped, resumable, signal, keyName } = options;
    signal?.throwIfAborted();
    await this.checkConsumer(consumer);
    const keys = keysOf(consumer);
    const { sessionIndex: indexed, deletionTermMs: termMs } = await settings();
    const placing = this.#placing(id, { kind, consumer });
    const how = { skipped, resumable, selection, signal, indexed, termMs, keyName, placing };
    const made = await storeRequest(keys, { id, kind, ignoring, items, notes, ...how });
    return await this.#commit(keys, id, kind, made, placing.together !== undefined);
  }

  #placing(id: string, place: RequestPlace): Placing {
    const { index, busy } = this.#options;
    return {
      entry: formatPlace(place),
      together: index.isCluster ? undefined : [index.key(id), busy.key],
      reserve: async () => {
        const [standing] = await Promise.all([index.reserve(id, place), busy.mark(place.consumer)]);
        if (standing.kind !== place.kind || standing.consumer !== place.consumer) throw idTaken();
      },
    };
  }

  /** What follows a seal: the index keeps the request, and its job is added. `made` is what one step has just made, `isPlaced` with its entry. */
  async #commit(
    keys: ConsumerKeys,
    id: string,
    kind: Kind,
    made?: RequestView,
    isPlaced = false,
  ): Promise<RequestView> {
    const { index, queues, viewOf } = this.#options;
    return await sealed(async () => {
      const view = made ?? (await viewOf(keys, id));
      if (finalStates.has(view.state)) return view;
      if (made === undefined) await index.keep(keys, id, kind);
      // There is no haste: it stands for two days, and intake makes it last too.
      else if (!isPlaced) void index.keep(keys, id, kind).catch(() => undefined);
      await addRequestJob(queues[kind], view);
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
