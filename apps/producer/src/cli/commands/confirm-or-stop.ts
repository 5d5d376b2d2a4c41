import type { Session } from '../connection.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { canAnswer, confirm } from '../terminal.ts';

/** Asks before what cannot be undone. Where nobody can be asked (a script, a pipe) only --yes goes on. */
export async function confirmOrStop(
  { terminal }: Session,
  ask: { question: string; isConfirmed: boolean; readsStdin: boolean },
): Promise<void> {
  if (ask.isConfirmed) return;
  if (ask.readsStdin || !canAnswer(terminal)) {
    const how = 'Nobody can be asked here: confirm with --yes. Nothing was sent.';
    throw new CommandFailure(exitCodes.usage, `${ask.question} ${how}`);
  }
  if (!(await confirm(terminal, ask.question))) {
    throw new CommandFailure(exitCodes.notDone, 'Nothing was sent.');
  }
}
