import { randomUUID } from 'node:crypto';
import type { SelectionInput, SelectionView } from '@session-queue/core';
import { shellWord } from '../command-name.ts';
import { withPatience } from '../connection/patience.ts';
import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type BreakdownOptions, breakdownOf, type FilterOptions, filterOf } from '../input/filter.ts';
import { selectionShown } from '../output/show-selection.ts';
import { watchDisplay } from '../output/watch-display.ts';
import { print, tell } from '../terminal.ts';
import { follow } from './follow.ts';
import { printPreview } from './preview.ts';
import { readSelection } from './read-selection.ts';

export interface SelectOptions extends FilterOptions, BreakdownOptions {
  consumer?: string;
  reason?: string;
  requestedBy?: string;
  idempotencyKey?: string;
  keepMetadata?: boolean;
  watch?: boolean;
}

/** `session-queue select`: asks for a selection, and waits until it is ready on wish. */
export async function select(session: Session, options: SelectOptions): Promise<void> {
  const { queue, terminal, json, hint } = session;
  const { consumer, reason, requestedBy, keepMetadata, idempotencyKey: id = randomUUID() } = options;
  const breakdown = breakdownOf(options);
  const filter = await filterOf(terminal, options);
  const input: SelectionInput = {
    id,
    filter,
    consumer,
    reason,
    requestedBy,
    keepMetadata,
    ...(breakdown && { breakdown }),
  };
  const made = await withPatience(terminal, () => queue.select(input));
  if (options.watch === true) return await watchSelection(session, made.id);
  if (json) return print(terminal, JSON.stringify(made));
  print(terminal, `Accepted the selection for consumer ${made.consumer}. Nothing is deleted by it.`);
  print(terminal, `Selection ${made.id}`);
  tell(terminal, `See what it finds: ${hint(`preview ${shellWord(made.id)}`)}`);
}

/** Anything but a selection that is ready is a failure of the command too. */
async function watchSelection(session: Session, id: string): Promise<void> {
  const { terminal, json, hint } = session;
  const display = watchDisplay(terminal, json, selectionShown);
  const isOver = ({ state }: SelectionView): boolean => state !== 'walking';
  const view = await follow(terminal, display, () => readSelection(session, id), isOver);
  if (view === undefined) {
    const how = `The selection goes on. Look at it: ${hint(`preview ${shellWord(id)}`)}`;
    throw new CommandFailure(exitCodes.interrupted, how);
  }
  // As JSON it was the last line already.
  if (!json) await printPreview(session, view);
  if (view.state !== 'ready') throw new CommandFailure(exitCodes.notDone, `The selection is ${view.state}.`);
}
