import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startWatchdog } from '@session-queue/testing';

const clockTicksPerSecond = 100;

/** A script as a process of its own, ended with this one. */
export class NodeProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #unwatch: () => void;
  readonly #ended: Promise<unknown>;

  constructor(name: string, script: string, parameters: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.#child = spawn(process.execPath, [script, ...parameters], {
      env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#unwatch = this.#child.pid === undefined ? () => undefined : startWatchdog(this.#child.pid);
    this.#ended = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.#hear(line));
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.#child.pid;
  }

  /** Resolves with the first line that holds the text; rejects when the process ends before. */
  async says(text: string, withinMs = 30_000): Promise<string> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const line = this.#lines.find((one) => one.includes(text));
      if (line !== undefined) return line;
      if (this.#child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`${this.name} never said '${text}':\n${this.#lines.slice(-20).join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Waits for its end; answers with its last line. */
  async finished(): Promise<string> {
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(`${this.name} failed:\n${this.#lines.slice(-20).join('\n')}`);
    return this.#lines.at(-1) ?? '';
  }

  /** Throws with its last lines when it has failed. */
  checkAlive(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return;
    if (this.#child.exitCode !== 0) throw new Error(`${this.name} failed:\n${this.#lines.slice(-20).join('\n')}`);
  }

  /** Seconds of processor time it has used. */
  cpuSeconds(): number {
    return cpuSeconds(this.pid);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal);
      const force = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await this.#ended;
      clearTimeout(force);
    }
    this.#unwatch();
  }

  /** Only the latest lines: a worker under load says much. */
  #hear(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 500) this.#lines.splice(100, 200);
  }
}

/** Seconds of processor time of a process of this machine (Linux). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}
