import type { Session } from '../connection/session.ts';
import { idSources } from '../input/id-sources.ts';
import { withStdin } from '../input/spool.ts';
import { counted } from '../wording.ts';
import { type AskOptions, askFor } from './ask.ts';

export interface DeleteOptions extends AskOptions {
  file?: string[];
  column?: string;
}

/** `session-queue delete`: the ids of files, or those given as arguments. */
export async function deleteSessions(session: Session, ids: readonly string[], options: DeleteOptions): Promise<void> {
  const { file: files = [], column } = options;
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
