import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { type ColumnOf, table } from '../output/table.ts';
import { type Colours, coloursFor, print, tell, widthOf } from '../terminal.ts';
import { printable } from '../wording.ts';

const mostPerPage = 200;

/** What narrows every list. */
export interface ListOptions {
  consumer?: string[];
  requestedBy?: string;
  since?: string;
  until?: string;
  limit: number;
  all?: boolean;
}

/** How one kind of list is read and shown. */
export interface Listed<View> {
  page: (page: { next?: string; limit: number }) => Promise<{ views: readonly View[]; next?: string | undefined }>;
  json: (view: View) => string;
  /** For programs that cut at tabs: nothing is rounded, and nothing is left out. */
  cells: (view: View) => readonly (string | number)[];
  columns: (colours: Colours) => readonly ColumnOf<View>[];
  nothing: string;
}

/** Prints a list: a table on a terminal, else a line for each. */
export async function printList<View>(
  session: Session,
  options: Pick<ListOptions, 'limit' | 'all'>,
  listed: Listed<View>,
): Promise<void> {
  const { terminal, json } = session;
  const most = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
  // A table needs all its rows to know how wide they are; lines for programs do not.
  const shown: View[] = [];
  const isTable = !json && terminal.stdout.isTTY === true;
  let count = 0;
  let more = false;
  for await (const { views, next } of pagesOf(session, listed, most)) {
    const rest = views.slice(0, most - count);
    count += rest.length;
    more = next !== undefined || rest.length < views.length;
    if (isTable) shown.push(...rest);
    else for (const view of rest) print(terminal, json ? listed.json(view) : tabs(listed.cells(view)));
  }
  if (isTable && count > 0) {
    const columns = listed.columns(coloursFor(terminal, terminal.stdout));
    for (const line of table(columns, shown, widthOf(terminal.stdout))) print(terminal, line);
  }
  if (count === 0) tell(terminal, listed.nothing);
  else if (more && isTable) tell(terminal, `There are more: --limit ${2 * options.limit}, or --all.`);
}

/** Prints a list that is asked for at once. */
export async function printWhole<View>(
  session: Session,
  read: () => Promise<readonly View[]>,
  listed: Omit<Listed<View>, 'page' | 'json'>,
): Promise<void> {
  const page = async () => ({ views: await read() });
  await printList<View>(session, { limit: 0, all: true }, { ...listed, page, json: (view) => JSON.stringify(view) });
}

async function* pagesOf<View>({ terminal }: Session, { page }: Listed<View>, most: number) {
  let next: string | undefined;
  let left = most;
  do {
    const asked = { limit: Math.min(mostPerPage, left), ...(next === undefined ? {} : { next }) };
    const found = await withPatience(terminal, () => page(asked));
    yield found;
    left -= found.views.length;
    next = left > 0 ? found.next : undefined;
    if (next !== undefined) terminal.interrupted.throwIfAborted();
  } while (next !== undefined);
}

function tabs(cells: readonly (string | number)[]): string {
  return cells.map((cell) => printable(String(cell))).join('\t');
}
