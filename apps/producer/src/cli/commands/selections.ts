import type { SelectionListFilter, SelectionState, SelectionView } from '@session-queue/core';
import type { Session } from '../connection/session.ts';
import { colouredSelectionState, filterLines } from '../output/show-selection.ts';
import type { ColumnOf } from '../output/table.ts';
import type { Colours } from '../terminal.ts';
import { ago, printable, readable } from '../wording.ts';
import { type ListOptions, printList } from './print-list.ts';

export interface SelectionListOptions extends ListOptions {
  state?: SelectionState;
}

/** `session-queue selections`: the newest first. */
export async function selections(session: Session, options: SelectionListOptions): Promise<void> {
  const { state, consumer: consumers, requestedBy, since, until } = options;
  const filter: SelectionListFilter = { state, consumers, requestedBy, since, until };
  await printList<SelectionView>(session, options, {
    page: async (page) => {
      const { selections: views, next } = await session.queue.listSelections(filter, page);
      return { views, next };
    },
    json: (view) => JSON.stringify(view),
    cells,
    columns: columnsIn,
    nothing: 'No selection is like that.',
  });
}

function columnsIn(colours: Colours): ColumnOf<SelectionView>[] {
  const now = Date.now();
  return [
    { header: 'ID', text: ({ id }) => printable(id) },
    { header: 'CONSUMER', text: ({ consumer }) => consumer, least: 8 },
    {
      header: 'STATE',
      text: ({ state, waiting }) => (waiting === undefined ? state : `${state} (waits)`),
      colour: (text, { state }) => colouredSelectionState(colours, state, text),
    },
    { header: 'SESSIONS', text: ({ count }) => readable(count), isNumber: true },
    { header: 'CREATED', text: ({ createdAt }) => ago(createdAt, now) },
    { header: 'BY', text: ({ requestedBy = '' }) => printable(requestedBy), least: 6 },
    { header: 'FILTER', text: filterText, least: 16 },
    { header: 'REASON', text: ({ reason = '' }) => printable(reason), least: 6 },
  ];
}

function filterText({ filter }: SelectionView): string {
  const parts = filterLines(filter).flatMap(([label, value]) => (value === undefined ? [] : [`${label} ${value}`]));
  return printable(parts.join('; '));
}

function cells(view: SelectionView) {
  const { id, consumer, state, count, pages, digest = '', createdAt, requestedBy = '', reason = '' } = view;
  return [id, consumer, state, count, pages, digest, createdAt, requestedBy, reason, filterText(view)];
}
