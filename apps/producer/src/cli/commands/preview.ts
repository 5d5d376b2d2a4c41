import type { SelectionView } from '@session-queue/core';
import { type SessionsFormat, sessionFormats } from '../../selections/sessions-format.ts';
import { shellWord } from '../command-name.ts';
import type { Session } from '../connection/session.ts';
import { showSelection } from '../output/show-selection.ts';
import { coloursFor, print, tell } from '../terminal.ts';
import { printable, readable } from '../wording.ts';
import { readSelection } from './read-selection.ts';

/** So many sessions are shown beside the numbers, unless the person says otherwise. */
const usualFirst = 10;

const nothingFound =
  'No session fits: look for a slip in the ids, times and consumer above. Sessions without metadata are found by no filter.';

export interface PreviewOptions {
  csv?: boolean;
  ndjson?: boolean;
  metadata?: boolean;
  limit?: number;
}

/** `session-queue preview`: what a selection has come to; as CSV or NDJSON its sessions, or their metadata, alone, all of them. */
export async function preview(session: Session, id: string, options: PreviewOptions): Promise<void> {
  const { csv = false, ndjson = false, metadata = false, limit } = options;
  const view = await readSelection(session, id);
  if (metadata) await printMetadata(session, id, limit);
  else if (csv || ndjson) await printSessions(session, id, csv ? 'csv' : 'ndjson', limit);
  else await printPreview(session, view, limit);
}

/** The numbers, the filter and the first sessions. */
export async function printPreview(session: Session, view: SelectionView, limit = usualFirst): Promise<void> {
  const { terminal, json } = session;
  const first: string[] = [];
  if (view.state === 'ready') for await (const some of firstSessions(session, view.id, limit)) first.push(...some);
  if (json) return print(terminal, JSON.stringify({ ...view, sessionIds: first }));
  print(terminal, showSelection(view, coloursFor(terminal, terminal.stdout)));
  for (const [index, id] of first.entries())
    print(terminal, `${(index === 0 ? 'The first' : '').padEnd(13)} ${printable(id)}`);
  const rest = view.count - first.length;
  if (view.state !== 'ready') return;
  if (view.count === 0) return tell(terminal, nothingFound);
  if (rest > 0) tell(terminal, `There are ${readable(rest)} more: --limit, or all of them with --csv.`);
  const { command } = terminal;
  if (view.request === undefined)
    tell(terminal, `Delete exactly these: ${command} delete --selection ${shellWord(view.id)}`);
  else tell(terminal, `What became of their deletion: ${command} status ${shellWord(view.request)}`);
}

async function printSessions(session: Session, id: string, format: SessionsFormat, limit?: number): Promise<void> {
  const { head, line } = sessionFormats[format];
  const { stdout } = session.terminal;
  let text = head;
  for await (const some of firstSessions(session, id, limit)) {
    stdout.write(text + some.map(line).join(''));
    text = '';
  }
  stdout.write(text);
}

async function printMetadata(session: Session, id: string, limit?: number): Promise<void> {
  const { queue, terminal } = session;
  for await (const some of firstOf(terminal, queue.selectedMetadata(id), limit)) {
    terminal.stdout.write(some.map((line) => `${line}\n`).join(''));
  }
}

function firstSessions({ queue, terminal }: Session, id: string, limit?: number) {
  return firstOf(terminal, queue.selectedSessions(id), limit);
}

async function* firstOf(
  terminal: Session['terminal'],
  entries: AsyncIterable<readonly string[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly string[]> {
  let left = limit;
  for await (const some of entries) {
    terminal.interrupted.throwIfAborted();
    yield some.slice(0, left);
    left -= some.length;
    if (left <= 0) return;
  }
}
