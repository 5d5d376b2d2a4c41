import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { commandName } from './command-name.ts';

/** What a command reads and writes; the process's own streams but in tests. */
export interface Terminal {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean };
  /** How this program was called, for hints that can be typed as they stand. */
  command: string;
  /** Waits; tests need not. */
  pause: (ms: number) => Promise<void>;
}

export function processTerminal(): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    command: commandName(process.argv[1] ?? '', process.cwd()),
    pause: async (ms) => {
      await pause(ms);
    },
  };
}

/** Writes a line of the result. */
export function print(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`);
}

/** Writes a line for people that is no part of the result. */
export function tell(terminal: Terminal, line: string): void {
  terminal.stderr.write(`${line}\n`);
}

/** Text from outside, harmless on a terminal: control characters could move the cursor or recolour it. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** A number as people read it. */
export function readable(count: number): string {
  return count.toLocaleString('en');
}

/** '1 item', '2,000 items' */
export function counted(count: number, noun: string): string {
  return `${readable(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whether a person sees what is told. */
export function isWatched(terminal: Terminal): boolean {
  return terminal.stderr.isTTY === true;
}

/** Whether a person sees a question and can answer it. */
export function canAnswer(terminal: Terminal): boolean {
  return isWatched(terminal) && terminal.stdin.isTTY === true;
}

/** Asks a person, who must type yes. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: false });
  try {
    // The end of the input (Ctrl-D) leaves a question open for good. An answer right before it comes first.
    const closed = new Promise<string>((resolve) => lines.once('close', () => setImmediate(resolve, '')));
    const answer = await Promise.race([lines.question(`${question} Type yes to go on: `), closed]);
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}
