import {
  type DeadlineState,
  deadlineStateOf,
  type Kind,
  type RequestFilter,
  type RequestState,
  type RequestView,
} from '@session-queue/core';
import { presentRequest } from '../../requests/present.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { shareOf } from '../output/bar.ts';
import { settled } from '../output/counts.ts';
import { colouredState } from '../output/state-colour.ts';
import { type ColumnOf, table } from '../output/table.ts';
import { type Colours, coloursFor, print, tell, widthOf } from '../terminal.ts';
import { ago, printable, readable } from '../wording.ts';

export interface ListOptions {
  kind?: Kind;
  state?: RequestState;
  consumer?: string[];
  requestedBy?: string;
  deadline?: DeadlineState;
  since?: string;
  until?: string;
  limit: number;
  all?: boolean;
}

const mostPerPage = 200;

/** `session-queue list`: requests, the newest first. */
export async function list(session: Session, options: ListOptions): Promise<void> {
  const { terminal } = session;
  const most = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
  // A table needs all its rows to know how wide they are; lines for programs do not.
  const shown: RequestView[] = [];
  const isTable = !session.json && terminal.stdout.isTTY === true;
  let count = 0;
  let more = false;
  for await (const page of pagesOf(session, options, most)) {
    const rest = page.requests.slice(0, most - count);
    count += rest.length;
    more = page.next !== undefined || rest.length < page.requests.length;
    if (isTable) shown.push(...rest);
    else for (const view of rest) print(terminal, session.json ? JSON.stringify(presentRequest(view)) : tabs(view));
  }
  if (isTable && count > 0) {
    const colours = coloursFor(terminal, terminal.stdout);
    for (const line of table(columnsIn(colours), shown, widthOf(terminal.stdout))) print(terminal, line);
  }
  if (count === 0) tell(terminal, 'No request is like that.');
  else if (more && isTable) tell(terminal, `There are more: --limit ${2 * options.limit}, or --all.`);
}

async function* pagesOf({ queue, terminal }: Session, options: ListOptions, most: number) {
  const { kind, state, consumer: consumers, requestedBy, deadline, since, until } = options;
  const filter: RequestFilter = { kind, state, consumers, requestedBy, deadline, since, until };
  let next: string | undefined;
  let left = most;
  do {
    const page = { limit: Math.min(mostPerPage, left), ...(next === undefined ? {} : { next }) };
    const found = await withPatience(terminal, () => queue.listRequests(filter, page));
    yield found;
    left -= found.requests.length;
    next = left > 0 ? found.next : undefined;
    if (next !== undefined) terminal.interrupted.throwIfAborted();
  } while (next !== undefined);
}

function columnsIn(colours: Colours): ColumnOf<RequestView>[] {
  const now = Date.now();
  return [
    { header: 'ID', text: ({ id }) => printable(id) },
    { header: 'KIND', text: ({ kind }) => kind },
    { header: 'CONSUMER', text: ({ consumer }) => consumer, isFlexible: true },
    { header: 'STATE', text: stateOf, colour: (text, { state }) => colouredState(colours, state, text) },
    { header: 'ITEMS', text: ({ counts }) => readable(counts.total), isNumber: true },
    { header: 'DONE', text: doneOf, isNumber: true },
    { header: 'FAILED', text: ({ counts }) => readable(counts.failed), isNumber: true },
    { header: 'CREATED', text: ({ createdAt }) => ago(createdAt, now) },
    { header: 'DUE', text: dueOf },
    { header: 'BY', text: ({ requestedBy = '' }) => printable(requestedBy), isFlexible: true },
    { header: 'REASON', text: ({ reason = '' }) => printable(reason), isFlexible: true },
  ];
}

function stateOf({ state, laneStopped, allStopped }: RequestView): string {
  return laneStopped === undefined && allStopped === undefined ? state : `${state} (stopped)`;
}

/** The day is enough for a table. */
function dueOf(view: RequestView): string {
  const { deadline } = view;
  if (deadline === undefined) return '';
  const how = deadlineStateOf(view)?.replace('-', ' ');
  return how === undefined ? deadline.slice(0, 10) : `${deadline.slice(0, 10)} (${how})`;
}

function doneOf({ counts }: RequestView): string {
  return `${Math.floor(shareOf(settled(counts), counts.total) * 100)} %`;
}

/** The same for programs that cut at tabs: nothing is rounded, and nothing is left out. */
function tabs(view: RequestView): string {
  const { id, kind, consumer, state, counts, createdAt, requestedBy = '', reason = '', deadline = '' } = view;
  const cells = [
    id,
    kind,
    consumer,
    state,
    counts.total,
    settled(counts),
    counts.failed,
    createdAt,
    requestedBy,
    reason,
    deadline,
    deadlineStateOf(view) ?? '',
  ];
  return cells.map((cell) => printable(String(cell))).join('\t');
}
