import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { Refusal } from '../requests/refusal.ts';
import { defaultConsumer, type RequestView } from '../requests/request.ts';
import type { DeletedSelection } from '../selections/deleted-selection.ts';
import { countKept, keptMetadata, sessionOfLine } from '../selections/kept-metadata.ts';
import { listSelections } from '../selections/list.ts';
import { SelectionDigest, selectedSessions } from '../selections/selected-sessions.ts';
import type { SelectionInput, SelectionListFilter, SelectionsPage, SelectionView } from '../selections/selection.ts';
import type { SelectionStore } from '../selections/selection-store.ts';
import type { Accepting } from './accepting.ts';
import { checkChosen, checkLimit, checkSelection } from './checks.ts';
import type { SelectionDeletionInput } from './session-queue.ts';

export interface SelectingOptions {
  store: SelectionStore;
  accepting: Accepting;
  busy: BusyConsumers;
  /** How long what has ended stays, in ms. */
  retention: () => Promise<number>;
}

type Expected = Pick<SelectionDeletionInput, 'expectDigest' | 'expectCount' | 'onStored'>;

/** Selections, for a client over Redis. */
export class Selecting {
  readonly #options: SelectingOptions;

  constructor(options: SelectingOptions) {
    this.#options = options;
  }

  async select({ id, ...input }: SelectionInput): Promise<SelectionView> {
    const { store, accepting, busy, retention } = this.#options;
    const { consumer = defaultConsumer, ...rest } = checkSelection(input);
    await accepting.checkConsumer(consumer);
    const made = await store.begin({ ...rest, consumer, ...(id !== undefined && { id }) }, await retention());
    // After it is there: rounds that find nothing take the mark away.
    await busy.mark(consumer);
    return made;
  }

  async get(id: string): Promise<SelectionView> {
    return (await this.#options.store.find(id)).view;
  }

  async list(
    keys: readonly ConsumerKeys[],
    filter: SelectionListFilter,
    { next, limit = 50 }: { next?: string; limit?: number },
  ): Promise<SelectionsPage> {
    return await listSelections(keys, filter, { limit: checkLimit(limit, 200), next });
  }

  async *sessions(id: string): AsyncGenerator<readonly string[], void, undefined> {
    const { keys, view } = await this.#options.store.find(id);
    const { state, count, digest = '' } = view;
    if (state !== 'ready') throw notReady(view, 'has its sessions shown');
    yield* checked(keys, id, { expectDigest: digest, expectCount: count }, lost);
  }

  async *metadata(id: string): AsyncGenerator<readonly string[], void, undefined> {
    const { keys, view } = await this.#options.store.find(id);
    const { state, count, digest = '', keepMetadata } = view;
    if (state !== 'ready') throw notReady(view, 'has its metadata shown');
    if (keepMetadata !== true)
      throw new Refusal(
        'conflict',
        'this selection keeps no metadata: select again, and have its metadata kept (keepMetadata, --keep-metadata)',
      );
    if ((await countKept(keys, id)) !== count) throw metadataLost();
    const seen = new SelectionDigest();
    for await (const lines of keptMetadata(keys, id)) {
      seen.add(lines.map(sessionOfLine));
      yield lines;
    }
    if (seen.value !== digest) throw metadataLost();
  }

  async cancel(id: string): Promise<SelectionView> {
    const { store, retention } = this.#options;
    return await store.cancel(id, await retention());
  }

  /** Deletes what a selection found that is ready and as somebody has seen it; any other is refused. */
  async delete(input: SelectionDeletionInput): Promise<RequestView> {
    const { selection, expectDigest, expectCount } = checkChosen(input);
    const { accepting, store } = this.#options;
    const source = { id: selection, digest: expectDigest };
    // The same call again: what stands does so whatever has become of the selection since.
    const standing = input.id === undefined ? undefined : await accepting.standing(input.id, source);
    if (standing !== undefined && (input.consumer ?? standing.consumer) === standing.consumer)
      return await this.#noted(source, standing);
    const { keys, view } = await store.find(selection);
    const { consumer, count, digest } = view;
    if ((input.consumer ?? consumer) !== consumer)
      throw new Refusal('invalid', "is not the selection's consumer", { field: 'consumer' });
    if (view.state !== 'ready') throw notReady(view, 'can be deleted');
    if (count === 0) throw new Refusal('conflict', 'this selection is empty: there is nothing to delete');
    if (digest !== expectDigest || count !== expectCount) throw otherThanSeen(count, input);
    const sessionIds = checked(keys, selection, input, otherThanSeen);
    const request = await accepting.accept('deletion', sessionIds, false, { ...input, consumer }, source);
    return await this.#noted(source, request);
  }

  /** Has a selection lead to its request. That is for people: what is accepted stays so without it. */
  async #noted(chosen: DeletedSelection, request: RequestView): Promise<RequestView> {
    await this.#options.store.noteDeletion(chosen, request).catch(() => undefined);
    return request;
  }
}

/** The sessions of a selection. Throws behind the last one when they are not those: nothing that was stored of them is kept. */
async function* checked(
  keys: ConsumerKeys,
  id: string,
  expected: Expected,
  refusalOver: (count: number, expected: Expected) => Refusal,
): AsyncGenerator<string[], void, undefined> {
  const digest = new SelectionDigest();
  for await (const sessionIds of selectedSessions(keys, id)) {
    digest.add(sessionIds);
    expected.onStored?.();
    yield sessionIds;
  }
  if (digest.count !== expected.expectCount || digest.value !== expected.expectDigest)
    throw refusalOver(digest.count, expected);
}

function notReady({ state }: SelectionView, what: string): Refusal {
  return new Refusal('conflict', `this selection is ${state}: only one that is ready ${what}`);
}

function metadataLost(): Refusal {
  return new Refusal(
    'conflict',
    'the metadata of this selection is not all there: a worker of another version may have read some of it; select again',
  );
}

function lost(): Refusal {
  return new Refusal('conflict', 'this selection has lost sessions while it was read: what came is not all of it');
}

function otherThanSeen(count: number, { expectCount }: Expected): Refusal {
  const other =
    count === expectCount
      ? 'and expectDigest is that of other sessions'
      : `and ${expectCount} are expected (expectCount)`;
  return new Refusal('conflict', `this selection holds ${count} sessions, ${other}: look at it again`);
}
