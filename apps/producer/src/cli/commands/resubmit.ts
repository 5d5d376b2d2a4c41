import type { Session } from '../connection/session.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { withStdin } from '../input/spool.ts';
import { submissionSources } from '../input/submission-sources.ts';
import { counted } from '../wording.ts';
import { type AskOptions, askFor } from './ask.ts';

export interface ResubmitOptions extends AskOptions {
  ignoreResponseRevisions?: boolean;
}

/** `session-queue resubmit`: files, and all files of folders. */
export async function resubmit(session: Session, paths: readonly string[], options: ResubmitOptions): Promise<void> {
  const { ignoreResponseRevisions } = options;
  if (paths.length === 0) throw new CommandFailure(exitCodes.usage, 'Give files, or a folder of them.');
  await withStdin(session.terminal, paths, async (stdin) => {
    const ask = {
      kind: 'resubmission',
      sources: await submissionSources(paths, stdin),
      readsStdin: stdin !== undefined,
      ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
      ...(ignoreResponseRevisions === true ? { question: overwriteQuestion } : {}),
    } as const;
    await askFor(session, ask, options);
  });
}

function overwriteQuestion(count: number, consumer: string): string {
  return `Resubmit ${counted(count, 'failed submission')} of consumer ${consumer}, over responses that may be newer? There is no undo.`;
}
