import type { Session } from '../connection.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { readBytes } from '../input/read-bytes.ts';
import { readIdArguments, readSessionIds } from '../input/session-ids.ts';
import { counted } from '../terminal.ts';
import { confirmOrStop } from './confirm-or-stop.ts';
import { type RequestOptions, sendRequest } from './send-request.ts';

export interface DeleteOptions extends RequestOptions {
  file?: string;
  column?: string;
}

/** `session-queue delete`: the ids of a file, or those given as arguments. */
export async function deleteSessions(session: Session, ids: readonly string[], options: DeleteOptions): Promise<void> {
  const sessionIds = await collectIds(session, ids, options);
  const { consumer = 'default' } = options;
  await confirmOrStop(session, {
    question: `Delete ${counted(sessionIds.length, 'session')} of consumer ${consumer} for good? There is no undo.`,
    isConfirmed: options.yes === true,
    readsStdin: options.file === '-',
  });
  await sendRequest(session, '/v1/deletions', { sessionIds }, options);
}

async function collectIds(
  session: Session,
  ids: readonly string[],
  { file, column }: DeleteOptions,
): Promise<string[]> {
  if (file === undefined) {
    if (ids.length > 0 && column === undefined) return readIdArguments(ids);
    const hint =
      column === undefined ? 'Give session ids, or a file of them with --file.' : '--column goes with --file.';
    throw new CommandFailure(exitCodes.usage, hint);
  }
  if (ids.length > 0) throw new CommandFailure(exitCodes.usage, 'Give either session ids or --file, not both.');
  return readSessionIds({
    name: file === '-' ? 'the standard input' : file,
    bytes: await readBytes(file, session.terminal),
    ...(column === undefined ? {} : { column }),
  });
}
