import type { Session } from '../connection.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { confirm, isWatched } from '../terminal.ts';

/** Asks before what cannot be undone. Where nobody sits there (a script, a job) nobody is asked. */
export async function confirmOrStop(
  { terminal }: Session,
  ask: { question: string; isConfirmed: boolean; readsStdin: boolean },
): Promise<void> {
  if (ask.isConfirmed || !isWatched(terminal)) return;
  if (ask.readsStdin || terminal.stdin.isTTY !== true) {
    throw new CommandFailure(exitCodes.usage, `${ask.question} Nobody can be asked here: confirm with --yes.`);
  }
  if (!(await confirm(terminal, ask.question))) {
    throw new CommandFailure(exitCodes.notDone, 'Nothing was sent.');
  }
}
