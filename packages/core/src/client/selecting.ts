import type { BusyConsumers } from '../consumers/busy-consumers.ts';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { Refusal } from '../requests/refusal.ts';
import { defaultConsumer, type RequestView } from '../requests/request.ts';
import { SelectionDigest, selectedSessions } from '../selections/selected-sessions.ts';
import type { SelectionInput, SelectionView } from '../selections/selection.ts';
import type { SelectionStore } from '../selections/selection-store.ts';
import type { Accepting } from './accepting.ts';
import { checkSelection } from './checks.ts';
import type { SelectionDeletionInput } from './session-queue.ts';

export interface SelectingOptions {
  store: SelectionStore;
  accepting: Accepting;
  busy: BusyConsumers;
  /** How long what has ended stays, in ms. */
  retention: () => Promise<number>;
}

/** Which sessions somebody has looked at, by the digest over them. */
interface Expected {
  digest: string;
  count: number;
  /** Called when some more of them are about to be stored. */
  onStored?: (() => void) | undefined;
}

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

  async *sessions(id: string): AsyncGenerator<readonly string[], void, undefined> {
    const { keys, view } = await this.#options.store.find(id);
    const { state, count, digest = '' } = view;
    if (state !== 'ready') throw notReady(view, 'has its sessions shown');
    yield* checked(keys, id, { digest, count }, lost);
  }

  async cancel(id: string): Promise<SelectionView> {
    const { store, retention } = this.#options;
    return await store.cancel(id, await retention());
  }

  async delete({ selection, expectDigest, expectCount, ...options }: SelectionDeletionInput): Promise<RequestView> {
    const chosen = await this.#chosen(selection, {
      digest: expectDigest,
      count: expectCount,
      onStored: options.onStored,
    });
    const { consumer = chosen.consumer } = options;
    if (consumer !== chosen.consumer)
      throw new Refusal('invalid', "is not the selection's consumer", { field: 'consumer' });
    return await this.#options.accepting.accept('deletion', chosen.sessionIds, false, { ...options, consumer });
  }

  /** What a selection found that is ready and as somebody has seen it; any other is refused. */
  async #chosen(id: string, expected: Expected): Promise<{ consumer: string; sessionIds: AsyncIterable<string[]> }> {
    const { keys, view } = await this.#options.store.find(id);
    if (view.state !== 'ready') throw notReady(view, 'can be deleted');
    if (view.count === 0) throw new Refusal('conflict', 'this selection is empty: there is nothing to delete');
    if (view.digest !== expected.digest || view.count !== expected.count) throw otherThanSeen(view.count, expected);
    return { consumer: view.consumer, sessionIds: checked(keys, id, expected, otherThanSeen) };
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
  if (digest.count !== expected.count || digest.value !== expected.digest) throw refusalOver(digest.count, expected);
}

function notReady({ state }: SelectionView, what: string): Refusal {
  return new Refusal('conflict', `this selection is ${state}: only one that is ready ${what}`);
}

function lost(): Refusal {
  return new Refusal('conflict', 'this selection has lost sessions while it was read: what came is not all of it');
}

function otherThanSeen(count: number, expected: Expected): Refusal {
  const other =
    count === expected.count
      ? 'and expectDigest is that of other sessions'
      : `and ${expected.count} are expected (expectCount)`;
  return new Refusal('conflict', `this selection holds ${count} sessions, ${other}: look at it again`);
}
