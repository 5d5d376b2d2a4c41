import { createHash } from 'node:crypto';
import {
  type BreakdownInput,
  type BreakdownView,
  defaultConsumer,
  Refusal,
  type RequestView,
  type SelectionInput,
  type SelectionListFilter,
  type Selections,
  type SelectionsPage,
  type SelectionView,
  unknownSelection,
} from '@session-queue/core';

function begun({ by, values = [] }: BreakdownInput): BreakdownView {
  return { by, walked: 0, pages: 0, values: values.map((value) => ({ value, count: 0 })) };
}

interface KeptSelection {
  view: SelectionView;
  sessionIds: readonly string[];
}

/** Selections in memory, which walk until a test says what they found. */
export class MemorySelections implements Omit<Selections, 'deleteSelection'> {
  readonly selections = new Map<string, KeptSelection>();
  /** Awaited before anything is done: tests hold the queue back, or make it refuse. */
  before: () => Promise<void> = async () => {};

  async select({
    id = 'none',
    consumer = defaultConsumer,
    filter,
    reason,
    requestedBy,
    keepMetadata = false,
    breakdown,
  }: SelectionInput): Promise<SelectionView> {
    await this.before();
    const standing = this.selections.get(id);
    if (standing !== undefined) return standing.view;
    const counts = { count: 0, pages: 0, shown: 0 };
    const why = { ...(reason !== undefined && { reason }), ...(requestedBy !== undefined && { requestedBy }) };
    const createdAt = new Date().toISOString();
    const view = {
      id,
      consumer,
      state: 'walking',
      filter,
      ...counts,
      createdAt,
      ...(keepMetadata && { keepMetadata }),
      ...(breakdown && { breakdown: begun(breakdown) }),
      ...why,
    } as const;
    this.selections.set(id, { view, sessionIds: [] });
    return view;
  }

  async getSelection(id: string): Promise<SelectionView> {
    await this.before();
    return this.findSelection(id).view;
  }

  async listSelections(
    { state, consumers, requestedBy }: SelectionListFilter = {},
    page: { next?: string; limit?: number } = {},
  ): Promise<SelectionsPage> {
    await this.before();
    const fitting = [...this.selections.values()]
      .map(({ view }) => view)
      .reverse()
      .filter(
        (view) =>
          (state ?? view.state) === view.state &&
          (consumers ?? [view.consumer]).includes(view.consumer) &&
          (requestedBy ?? view.requestedBy) === view.requestedBy,
      );
    const first = Number(page.next ?? 0);
    const end = first + (page.limit ?? 50);
    return { selections: fitting.slice(first, end), ...(end < fitting.length && { next: String(end) }) };
  }

  async *selectedSessions(id: string): AsyncGenerator<readonly string[]> {
    const { view, sessionIds } = this.findSelection(id);
    if (view.state !== 'ready') throw new Refusal('conflict', `this selection is ${view.state}`);
    for (let from = 0; from < sessionIds.length; from += 1_000) {
      await this.before();
      yield sessionIds.slice(from, from + 1_000);
    }
  }

  async *selectedMetadata(id: string): AsyncGenerator<readonly string[]> {
    const { keepMetadata } = this.findSelection(id).view;
    if (keepMetadata !== true) throw new Refusal('conflict', 'this selection keeps no metadata');
    for await (const some of this.selectedSessions(id)) {
      yield some.map((session_id) => JSON.stringify({ user_id: 'learner', session_id, metadata: {} }));
    }
  }

  async cancelSelection(id: string): Promise<SelectionView> {
    await this.before();
    const { view } = this.findSelection(id);
    this.selections.set(id, { view: { ...view, state: 'cancelled' }, sessionIds: [] });
    return this.findSelection(id).view;
  }

  /** What a walk comes to. */
  becomesReady(id: string, sessionIds: readonly string[]): SelectionView {
    const { view } = this.findSelection(id);
    const digest = createHash('sha256');
    for (const sessionId of sessionIds) digest.update(`${sessionId}\n`);
    const count = sessionIds.length;
    const found = { count, shown: count, pages: Math.ceil(count / 50), digest: digest.digest('hex') };
    const ready = { ...view, ...found, state: 'ready', finishedAt: new Date().toISOString() } as const;
    this.selections.set(id, { view: ready, sessionIds });
    return ready;
  }

  /** What a walk shows of itself, or ends with. */
  becomes(id: string, change: Partial<SelectionView>): void {
    const kept = this.findSelection(id);
    this.selections.set(id, { ...kept, view: { ...kept.view, ...change } });
  }

  /** The selection leads to the request that deletes it. */
  protected deletedBy(request: RequestView): RequestView {
    if (request.selection !== undefined) this.becomes(request.selection, { request: request.id });
    return request;
  }

  protected findSelection(id: string): KeptSelection {
    const kept = this.selections.get(id);
    if (kept === undefined) throw new Refusal('not_found', unknownSelection);
    return kept;
  }
}
