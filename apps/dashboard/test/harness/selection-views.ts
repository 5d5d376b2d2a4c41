import {
  Refusal,
  type RequestView,
  type SelectionDeletionInput,
  type SelectionInput,
  type Selections,
  type SelectionsPage,
  type SelectionView,
} from '@session-queue/core';
import { RequestRecords, requestView } from './request-views.ts';

/** A selection as Session Queue would show it. */
export function selectionView(given: Partial<SelectionView> & { id: string }): SelectionView {
  return {
    consumer: 'school-a',
    state: 'walking',
    filter: { activityIds: ['maths-2023'] },
    count: 0,
    pages: 0,
    shown: 0,
    createdAt: '2026-03-01T09:00:00.000Z',
    ...given,
  };
}

/** One that found so many sessions. */
export function readySelection(given: Partial<SelectionView> & { id: string }): SelectionView {
  const found = { count: 1_250, shown: 1_250, pages: 25, digest: 'ab'.repeat(32) };
  return selectionView({ state: 'ready', ...found, finishedAt: '2026-03-01T09:00:05.000Z', ...given });
}

/** The records of requests and selections, held in memory; selections that are asked for are made in Redis. */
export class QueueRecords
  extends RequestRecords
  implements Pick<Selections, 'select' | 'getSelection' | 'listSelections' | 'cancelSelection' | 'deleteSelection'>
{
  readonly #selections = new Map<string, SelectionView>();
  readonly #made: Pick<Selections, 'select' | 'getSelection'>;
  /** What was asked of the queue, in order. */
  readonly deletions: SelectionDeletionInput[] = [];

  constructor(made: Pick<Selections, 'select' | 'getSelection'>) {
    super();
    this.#made = made;
  }

  addSelections(...views: SelectionView[]): void {
    for (const view of views) this.#selections.set(view.id, view);
  }

  async select(input: SelectionInput): Promise<SelectionView> {
    return await this.#made.select(input);
  }

  async getSelection(id: string): Promise<SelectionView> {
    return this.#selections.get(id) ?? (await this.#made.getSelection(id));
  }

  async listSelections(
    ...[filter = {}, { next = '0', limit = 50 } = {}]: Parameters<Selections['listSelections']>
  ): Promise<SelectionsPage> {
    const { state, consumers } = filter;
    const fitting = [...this.#selections.values()].filter(
      (view) => (state ?? view.state) === view.state && (consumers ?? [view.consumer]).includes(view.consumer),
    );
    const end = Number(next) + limit;
    return { selections: fitting.slice(Number(next), end), ...(end < fitting.length && { next: String(end) }) };
  }

  async cancelSelection(id: string): Promise<SelectionView> {
    this.addSelections({ ...(await this.getSelection(id)), state: 'cancelled' });
    return await this.getSelection(id);
  }

  async deleteSelection(input: SelectionDeletionInput): Promise<RequestView> {
    const { selection, expectDigest, expectCount, id = 'none' } = input;
    const { digest, count, state } = await this.getSelection(selection);
    if (state !== 'ready' || digest !== expectDigest || count !== expectCount)
      throw new Refusal('conflict', `this selection holds ${count} sessions`);
    this.deletions.push(input);
    const view = requestView({ id, state: 'accepted', counts: { total: count, pending: count }, selection });
    this.add(view);
    return view;
  }
}
