import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { maxPasswordLength } from '@session-queue/core';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { type Terminal, tell } from '../terminal.ts';

/** Shorter ones are guessed from a stolen file, in time. */
const leastCharacters = 12;

/**
 * Reads a new password: typed twice and not shown, or the only line of the standard input. Never an argument: other users of the machine see
 * those, and the shell keeps them.
 */
export async function readNewPassword(terminal: Terminal): Promise<string> {
  const password = terminal.stdin.isTTY === true ? await askTwice(terminal) : await onlyLine(terminal);
  if (password.length < leastCharacters)
    throw failure(`The password must have at least ${leastCharacters} characters.`);
  if (password.length > maxPasswordLength)
    throw failure(`The password must have at most ${maxPasswordLength} characters.`);
  return password;
}

async function askTwice(terminal: Terminal): Promise<string> {
  // A terminal that is read key by key shows nothing by itself, and what would be shown goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal.stdin, output: nowhere, terminal: true });
  const typed = lines[Symbol.asyncIterator]();
  const close = () => lines.close();
  lines.once('SIGINT', close);
  terminal.interrupted.addEventListener('abort', close, { once: true });
  const ask = async (question: string): Promise<string> => {
    terminal.stderr.write(question);
    const answer = await typed.next();
    tell(terminal, '');
    if (answer.done === true) throw failure('No password was given.');
    return answer.value;
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('The same again: ')) !== password) throw failure('The two are not the same.');
    return password;
  } finally {
    terminal.interrupted.removeEventListener('abort', close);
    lines.close();
  }
}

async function onlyLine({ stdin }: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  const [password = '', ...rest] = Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (rest.length > 0) throw failure('The standard input must hold the password alone, in one line.');
  return password;
}

function failure(message: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, `${message} Nothing was made.`);
}
