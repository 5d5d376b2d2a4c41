import type { Session } from '../connection.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { filesIn, readSubmissions } from '../input/submissions.ts';
import { confirmOrStop } from './confirm-or-stop.ts';
import { type RequestOptions, sendRequest } from './send-request.ts';

export interface ResubmitOptions extends RequestOptions {
  dir?: string;
  ignoreResponseRevisions?: boolean;
}

/** `session-queue resubmit`: the files of a folder, or those given as arguments. */
export async function resubmit(session: Session, files: readonly string[], options: ResubmitOptions): Promise<void> {
  const { dir, ignoreResponseRevisions } = options;
  if ((dir === undefined) === (files.length === 0)) {
    throw new CommandFailure(exitCodes.usage, 'Give either files or a folder of them with --dir.');
  }
  const submissions = await readSubmissions(dir === undefined ? files : await filesIn(dir), session.terminal);
  if (ignoreResponseRevisions === true) {
    await confirmOrStop(session, {
      question: 'An old recording may overwrite newer responses. There is no undo.',
      isConfirmed: options.yes === true,
      readsStdin: files.includes('-'),
    });
  }
  await sendRequest(session, '/v1/resubmissions', { submissions, ignoreResponseRevisions }, options);
}
