import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { idSources } from '../input/id-sources.ts';
import { withStdin } from '../input/spool.ts';
import { counted } from '../wording.ts';
import { type AskOptions, askFor } from './ask.ts';
import { deleteSelection, type SelectionOptions } from './delete-selection.ts';

export interface DeleteOptions extends AskOptions, SelectionOptions {
  selection?: string;
  file?: string[];
  column?: string;
}

/** `session-queue delete`: the ids of files, those given as arguments, or what a selection found. */
export async function deleteSessions(session: Session, ids: readonly string[], options: DeleteOptions): Promise<void> {
  const { file: files = [], column, selection } = options;
  if (selection !== undefined) {
    if (ids.length > 0) throw new CommandFailure(exitCodes.usage, 'Give either session ids or --selection, not both.');
    return await deleteSelection(session, selection, options);
  }
  if (options.expectDigest !== undefined || options.expectCount !== undefined)
    throw new CommandFailure(exitCodes.usage, '--expect-digest and --expect-count go with --selection.');
  await withStdin(session.terminal, files, async (stdin) => {
    const ask = {
      kind: 'deletion',
      sources: idSources({ ids, files, column }, stdin),
      readsStdin: stdin !== undefined,
      question: (count: number, consumer: string) =>
        `Delete ${counted(count, 'session')} of consumer ${consumer} at Learnosity, for good?`,
    } as const;
    await askFor(session, ask, options);
  });
}
