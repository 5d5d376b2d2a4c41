import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually, startWatchdog } from '@session-queue/testing';
import type { LogBook } from './log-book.ts';

export interface ChildOptions {
  name: string;
  script: string;
  parameters?: readonly string[];
  env?: Readonly<Record<string, string>>;
  log: LogBook;
}

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One run of a built app as a process of its own, from its spawn to its end. It dies with the harness. */
export class Child {
  readonly name: string;
  readonly pid: number;
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #wasTold = false;
  #expectedCode: number | undefined;

  constructor({ name, script, parameters = [], env = {}, log }: ChildOptions) {
    this.name = name;
    this.#child = spawn(process.execPath, [script, ...parameters], {
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.#child.pid === undefined) throw new Error(`${name} did not start`);
    this.pid = this.#child.pid;
    const unwatch = startWatchdog(this.pid);
    this.ended = once(this.#child, 'exit').then(() => {
      unwatch();
      return this.ending ?? { code: null, signal: null };
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        log.write(name, line);
        this.#lines.push(line);
      });
    }
  }

  /** How it ended; `undefined` while it lives. */
  get ending(): Ending | undefined {
    const { exitCode: code, signalCode: signal } = this.#child;
    return code === null && signal === null ? undefined : { code, signal };
  }

  /** This run is to end by itself, and with this code. */
  expectEnd(code: number): void {
    this.#expectedCode = code;
  }

  /** Whether it ended although nobody told it to, and nobody expected that. */
  get endedByItself(): boolean {
    if (this.ending === undefined || this.#wasTold) return false;
    return this.#expectedCode === undefined || this.ending.code !== this.#expectedCode;
  }

  /** Its last lines, for an error's message. */
  get lastLines(): string {
    return this.#lines.slice(-10).join('\n');
  }

  /** Resolves with the first line that holds the text; rejects when it ends before, or takes longer. */
  async says(text: string, withinMs = 30_000): Promise<string> {
    try {
      return await eventually(
        () => {
          const line = this.#lines.find((one) => one.includes(text));
          if (line === undefined && this.ending !== undefined) return { ended: true as const };
          return line === undefined ? undefined : { line };
        },
        { timeoutMs: withinMs },
      ).then((found) => {
        if ('line' in found) return found.line;
        throw new Error('it has ended');
      });
    } catch (error) {
      throw new Error(`${this.name} did not say '${text}':\n${this.lastLines}`, { cause: error });
    }
  }

  /** Sends a signal and goes on. */
  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT') this.#wasTold = true;
    if (this.ending === undefined) this.#child.kill(signal);
  }

  /** Sends a signal and waits for its end; after `withinMs` it is killed, and the answer says so. */
  async end(signal: NodeJS.Signals, withinMs = 60_000): Promise<Ending & { wasForced: boolean; ms: number }> {
    const from = performance.now();
    let wasForced = false;
    this.signal(signal);
    const force = setTimeout(() => {
      wasForced = true;
      this.#child.kill('SIGKILL');
    }, withinMs);
    const ending = this.ending ?? (await this.ended);
    clearTimeout(force);
    return { ...ending, wasForced, ms: performance.now() - from };
  }
}
