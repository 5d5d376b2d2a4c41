import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '@session-queue/testing';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built dashboard as a process of its own, run from another folder, with nothing but this environment. */
export class DashboardProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly lines: string[] = [];

  constructor(environment: Record<string, string>) {
    const env = { PATH: process.env.PATH ?? '', DASHBOARD_PORT: '0', ...environment };
    this.#child = spawn(process.execPath, [main], { env, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  /** Waits for a line that holds the text. */
  async says(text: string): Promise<string> {
    const what = `a line with '${text}'`;
    return await eventually(() => this.lines.find((line) => line.includes(text)), { timeoutMs: 15_000, what });
  }

  /** Where it listens, once it does. */
  async url(): Promise<string> {
    const line = JSON.parse(await this.says('the dashboard listens')) as { port: number };
    return `http://127.0.0.1:${line.port}`;
  }

  /** Its exit code, once it has ended. */
  async exitCode(): Promise<number | null> {
    await this.#exit;
    return this.#child.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return await this.exitCode();
  }
}
