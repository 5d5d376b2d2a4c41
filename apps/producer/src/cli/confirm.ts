import { createInterface } from 'node:readline/promises';
import { CommandFailure, exitCodes } from './exit-codes.ts';
import { canAnswer, type Terminal } from './terminal.ts';
import { readable } from './wording.ts';

export interface Question {
  text: string;
  /** The number that a person must type to go on. */
  count: number;
  /** --yes: nobody is asked. */
  isConfirmed: boolean;
  /** What has not been done where nobody goes on; 'Nothing was sent.' when absent. */
  undone?: string;
  /** Whether the standard input holds the items, and so no answer. */
  readsStdin: boolean;
}

/** Asks before what cannot be undone. Where nobody can be asked (a script, a pipe) only --yes goes on. */
export async function confirmOrStop(terminal: Terminal, question: Question): Promise<void> {
  if (question.isConfirmed) return;
  const { undone = 'Nothing was sent.' } = question;
  if (question.readsStdin || !canAnswer(terminal)) {
    const how = `Nobody can be asked here: confirm with --yes. ${undone}`;
    throw new CommandFailure(exitCodes.usage, `${question.text}\n${how}`);
  }
  const answer = await ask(terminal, `${question.text}\nType ${readable(question.count)} to go on: `);
  if (answer.replaceAll(/[,.' ]/g, '') === String(question.count)) return;
  throw new CommandFailure(exitCodes.notDone, undone);
}

async function ask(terminal: Terminal, question: string): Promise<string> {
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: false });
  try {
    // The end of the input (Ctrl-D) leaves a question open for good. An answer right before it comes first.
    const closed = new Promise<string>((resolve) => lines.once('close', () => setImmediate(resolve, '')));
    return await Promise.race([lines.question(question, { signal: terminal.interrupted }), closed]);
  } finally {
    lines.close();
  }
}
