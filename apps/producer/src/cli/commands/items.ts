import type { ItemList, ItemReport } from '@session-queue/core';
import { quotedCell } from '../../csv/quoted-cell.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { print, tell } from '../terminal.ts';
import { printable } from '../wording.ts';

const limit = 1_000;
const lists = ['failed', 'parked', 'stillThere'] as const satisfies readonly ItemList[];

export interface ItemsOptions {
  failed?: boolean;
  parked?: boolean;
  stillThere?: boolean;
  csv?: boolean;
}

/** `session-queue items`: all items of a list of a request, a line each, page by page. */
export async function items(session: Session, id: string, options: ItemsOptions): Promise<void> {
  const { queue, terminal } = session;
  const [state, ...others] = lists.filter((list) => options[list] === true);
  if (state === undefined || others.length > 0) {
    throw new CommandFailure(exitCodes.usage, 'Say which items: --failed, --parked or --still-there.');
  }
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
  if (count === 0)
    tell(terminal, `This request has no ${state === 'stillThere' ? 'items that are still there' : `${state} items`}.`);
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
