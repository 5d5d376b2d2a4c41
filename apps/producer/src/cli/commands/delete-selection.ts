import { maxItemsPerCall, type SelectionView } from '@session-queue/core';
import { shellWord } from '../command-name.ts';
import { confirmOrStop } from '../confirm.ts';
import type { Hint, Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { labelled } from '../output/labelled.ts';
import { filterLines } from '../output/show-selection.ts';
import { describePlan, planOf } from '../stock/dry-run.ts';
import { keyOf } from '../stock/idempotency-key.ts';
import { print, tell } from '../terminal.ts';
import { counted } from '../wording.ts';
import type { AskOptions } from './ask.ts';
import { readSelection } from './read-selection.ts';
import { send } from './send.ts';

export interface SelectionOptions {
  expectDigest?: string;
  expectCount?: number;
}

/** `session-queue delete --selection`: exactly what it found, by the digest and count that were looked at. */
export async function deleteSelection(
  session: Session,
  selection: string,
  options: AskOptions & SelectionOptions,
): Promise<void> {
  const { terminal, json, queue, hint } = session;
  const { expectDigest, expectCount, yes = false, dryRun = false } = options;
  if (yes && (expectDigest === undefined || expectCount === undefined)) throw nobodyLooked(hint, selection);
  const view = await readSelection(session, selection);
  const seen = readySelection(view, hint);
  if ((expectDigest ?? seen.expectDigest) !== seen.expectDigest || (expectCount ?? seen.expectCount) !== view.count)
    throw otherThanSeen(view, expectDigest ?? seen.expectDigest, hint);
  if (dryRun) {
    const calls = Math.ceil(view.count / maxItemsPerCall);
    const plan = planOf('deletion', { items: view.count, distinct: view.count, bad: 0, named: [], calls });
    return print(terminal, json ? JSON.stringify(plan) : describePlan(plan));
  }
  if (view.request !== undefined) tell(terminal, deletedAlready(view.request, hint));
  await confirmOrStop(terminal, { text: question(view), count: view.count, isConfirmed: yes, readsStdin: false });
  const consumer = options.consumer ?? view.consumer;
  const key = keyOf({ kind: 'deletion' }, { ...options, consumer }, `${selection} ${seen.expectDigest}`);
  await send(session, options.idempotencyKey ?? key, { ...options, consumer }, (notes) =>
    queue.deleteSelection({ ...notes, selection, ...seen }),
  );
}

/** What is there to be deleted; throws where nothing is. */
function readySelection(view: SelectionView, hint: Hint): { expectDigest: string; expectCount: number } {
  const { state, count, digest } = view;
  const preview = hint(`preview ${shellWord(view.id)}`);
  if (state !== 'ready' || digest === undefined) {
    const why = `The selection is ${state}, and only one that is ready can be deleted: ${preview}\nNothing was sent.`;
    throw new CommandFailure(exitCodes.notDone, why);
  }
  if (count === 0) throw new CommandFailure(exitCodes.usage, 'There is nothing to delete: this selection is empty.');
  return { expectDigest: digest, expectCount: count };
}

function question({ filter, count, consumer }: SelectionView): string {
  const asked = `Delete ${counted(count, 'session')} of consumer ${consumer} at Learnosity, for good?`;
  return [labelled(filterLines(filter)), asked].join('\n');
}

function deletedAlready(request: string, hint: Hint): string {
  return `A request deletes this selection already: ${hint(`status ${shellWord(request)}`)}`;
}

function nobodyLooked(hint: Hint, selection: string): CommandFailure {
  const how = 'With --yes say what was looked at: --expect-digest and --expect-count.';
  const where = `Both stand in: ${hint(`preview ${shellWord(selection)}`)}`;
  return new CommandFailure(exitCodes.usage, `${how}\n${where}\nNothing was sent.`);
}

function otherThanSeen({ id, count, digest }: SelectionView, expectDigest: string, hint: Hint): CommandFailure {
  const differs = expectDigest === digest ? 'The count differs' : 'The digest differs';
  const is = `${differs} from what is expected: the selection holds ${counted(count, 'session')} with the digest ${digest}.`;
  const how = `Look at it again: ${hint(`preview ${shellWord(id)}`)}\nNothing was sent.`;
  return new CommandFailure(exitCodes.refused, `${is}\n${how}`);
}
