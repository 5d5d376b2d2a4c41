import type { ConsumerKeys } from '../lanes/keys.ts';
import { newestFirst } from '../requests/newest-first.ts';
import { readSelection, type SelectionListFilter, type SelectionsPage, type SelectionView } from './selection.ts';

/** A page of the selections of some consumers, the newest first. `next` is where the page before ended. */
export async function listSelections(
  consumers: readonly ConsumerKeys[],
  { state, requestedBy, ...within }: SelectionListFilter,
  page: { limit: number; next?: string | undefined },
): Promise<SelectionsPage> {
  const fits = (view: SelectionView): boolean =>
    (state === undefined || view.state === state) && (requestedBy === undefined || view.requestedBy === requestedBy);
  // A filter may name 3,000 ids.
  const sizeOf = ({ filter, breakdown }: SelectionView): number => JSON.stringify([filter, breakdown]).length;
  const listing = { set: 'selections', read: readSelection, fits, sizeOf } as const;
  const { found, ...more } = await newestFirst(consumers, listing, within, page);
  return { selections: found, ...more };
}
