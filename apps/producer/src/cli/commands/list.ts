import {
  type DeadlineState,
  deadlineStateOf,
  type Kind,
  type RequestFilter,
  type RequestState,
  type RequestView,
} from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import type { Session } from '../connection/session.ts';
import { shareOf } from '../output/bar.ts';
import { settled } from '../output/counts.ts';
import { colouredState } from '../output/state-colour.ts';
import type { ColumnOf } from '../output/table.ts';
import type { Colours } from '../terminal.ts';
import { ago, printable, readable } from '../wording.ts';
import { type ListOptions, printList } from './print-list.ts';

export interface RequestListOptions extends ListOptions {
  kind?: Kind;
  state?: RequestState;
  deadline?: DeadlineState;
}

/** `session-queue list`: requests, the newest first. */
export async function list(session: Session, options: RequestListOptions): Promise<void> {
  const { kind, state, consumer: consumers, requestedBy, deadline, since, until } = options;
  const filter: RequestFilter = { kind, state, consumers, requestedBy, deadline, since, until };
  await printList<RequestView>(session, options, {
    page: async (page) => {
      const { requests, next } = await session.queue.listRequests(filter, page);
      return { views: requests, next };
    },
    json: (view) => JSON.stringify(presentRequest(view)),
    cells,
    columns: columnsIn,
    nothing: 'No request is like that.',
  });
}

function columnsIn(colours: Colours): ColumnOf<RequestView>[] {
  const now = Date.now();
  return [
    { header: 'ID', text: ({ id }) => printable(id) },
    { header: 'KIND', text: ({ kind }) => kind },
    { header: 'CONSUMER', text: ({ consumer }) => consumer, least: 8 },
    { header: 'STATE', text: stateOf, colour: (text, { state }) => colouredState(colours, state, text) },
    { header: 'ITEMS', text: ({ counts }) => readable(counts.total), isNumber: true },
    { header: 'DONE', text: doneOf, isNumber: true },
    { header: 'FAILED', text: ({ counts }) => readable(counts.failed), isNumber: true },
    { header: 'CREATED', text: ({ createdAt }) => ago(createdAt, now) },
    { header: 'DUE', text: dueOf, isRare: true },
    { header: 'BY', text: ({ requestedBy = '' }) => printable(requestedBy), least: 6 },
    { header: 'REASON', text: ({ reason = '' }) => printable(reason), least: 6 },
  ];
}

function stateOf({ state, laneStopped, allStopped }: RequestView): string {
  return laneStopped === undefined && allStopped === undefined ? state : `${state} (stopped)`;
}

/** Nothing of those that are in good time; the day is enough for a table. */
function dueOf(view: RequestView): string {
  const how = deadlineStateOf(view);
  return how === undefined ? '' : `${(view.deadline ?? '').slice(0, 10)} (${how.replace('-', ' ')})`;
}

function doneOf({ counts }: RequestView): string {
  return `${Math.floor(shareOf(settled(counts), counts.total) * 100)} %`;
}

function cells(view: RequestView) {
  const { id, kind, consumer, state, counts, createdAt, requestedBy = '', reason = '', deadline = '' } = view;
  const done = [counts.total, settled(counts), counts.failed];
  return [id, kind, consumer, state, ...done, createdAt, requestedBy, reason, deadline, deadlineStateOf(view) ?? ''];
}
