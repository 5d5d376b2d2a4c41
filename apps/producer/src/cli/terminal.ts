import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import pico from 'picocolors';
import { commandName } from './command-name.ts';

/** A stream for results or messages; `columns` is a terminal's width now. */
export interface Output extends Writable {
  isTTY?: boolean;
  columns?: number;
}

/** What a command reads and writes; the process's own streams but in tests. */
export interface Terminal {
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  /** How this program was called, for hints that can be typed as they stand. */
  command: string;
  /** Waits; tests need not. Ends early, without an error, once the person interrupts. */
  pause: (ms: number) => Promise<void>;
  /** A clock in ms that only goes forward. */
  now: () => number;
  /** Aborted by Ctrl-C. */
  interrupted: AbortSignal;
  /** Decides about colours where it is set: NO_COLOR, FORCE_COLOR, TERM. */
  environment: ColourEnvironment;
}

export interface ColourEnvironment {
  NO_COLOR?: string | undefined;
  FORCE_COLOR?: string | undefined;
  TERM?: string | undefined;
}

export function processTerminal(interrupted: AbortSignal): Terminal {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    command: commandName(process.argv[1] ?? '', process.cwd()),
    pause: async (ms) => {
      await pause(ms, undefined, { signal: interrupted }).catch(() => undefined);
    },
    now: () => performance.now(),
    interrupted,
    environment: process.env,
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

/** Whether a person sees what is told, and lines can be painted over. */
export function isWatched({ stderr, environment }: Terminal): boolean {
  return stderr.isTTY === true && environment.TERM !== 'dumb';
}

/** Whether a person sees a question and can answer it. */
export function canAnswer(terminal: Terminal): boolean {
  return terminal.stderr.isTTY === true && terminal.stdin.isTTY === true;
}

/** How wide a terminal is. One that nobody has told its size says 0: `docker run -t`, a pseudo-terminal of a CI job. */
export function columnsOf({ columns }: Output): number {
  return columns || 80;
}

/** How wide a stream's lines may be; endless where nobody looks. */
export function widthOf(output: Output): number {
  return output.isTTY === true ? columnsOf(output) : Number.POSITIVE_INFINITY;
}

export type Colours = ReturnType<typeof pico.createColors>;

/** Colours for a stream: on terminals only, unless NO_COLOR or FORCE_COLOR says otherwise (no-color.org, force-color.org). */
export function coloursFor({ environment }: Terminal, output: Output): Colours {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = environment;
  if (NO_COLOR !== '') return pico.createColors(false);
  if (FORCE_COLOR !== '') return pico.createColors(FORCE_COLOR !== '0');
  return pico.createColors(output.isTTY === true && TERM !== 'dumb');
}
