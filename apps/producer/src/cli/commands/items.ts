import type { ItemReport } from '@session-queue/core';
import { quotedCell } from '../../csv/quoted-cell.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { print, tell } from '../terminal.ts';
import { printable } from '../wording.ts';

const limit = 1_000;

export interface ItemsOptions {
  failed?: boolean;
  parked?: boolean;
  csv?: boolean;
}

/** `session-queue items`: all failed or parked items, a line each, page by page. */
export async function items(session: Session, id: string, options: ItemsOptions): Promise<void> {
  const { queue, terminal } = session;
  if ((options.failed === true) === (options.parked === true)) {
    throw new CommandFailure(exitCodes.usage, 'Say which items: --failed or --parked.');
  }
  const state = options.failed === true ? 'failed' : 'parked';
  const format = session.json ? asJson : options.csv === true ? asCsv : asTabs;
  let next: string | undefined;
  let count = 0;
  do {
    const page = { limit, ...(next === undefined ? {} : { next }) };
    const found = await withPatience(terminal, () => queue.listItems(id, state, page));
    if (format === asCsv && count === 0) print(terminal, 'item,code,message');
    for (const report of found.items) print(terminal, format(report));
    count += found.items.length;
    next = found.next;
    if (next !== undefined) terminal.interrupted.throwIfAborted();
  } while (next !== undefined);
  if (count === 0) tell(terminal, `This request has no ${state} items.`);
}

function asJson({ item, code, message }: ItemReport): string {
  return JSON.stringify({ item, code, message });
}

function asTabs({ item, code, message }: ItemReport): string {
  return [item, code, message].map(printable).join('\t');
}

function asCsv({ item, code, message }: ItemReport): string {
  return [item, code, message].map(quotedCell).join(',');
}
