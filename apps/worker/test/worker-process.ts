import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Consumer } from '@session-queue/core';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** The built worker as a process of its own. */
export class WorkerProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly exit: Promise<unknown>;
  readonly #folder: string;

  static async start(
    redisUrl: string,
    consumers: Consumer[],
    environment: Record<string, string> = {},
  ): Promise<WorkerProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'worker-'));
    const file = join(folder, 'consumers.json');
    await writeFile(
      file,
      JSON.stringify(Object.fromEntries(consumers.map(({ name, ...consumer }) => [name, consumer]))),
    );
    return new WorkerProcess(folder, {
      PATH: process.env.PATH ?? '',
      REDIS_URL: redisUrl,
      CONSUMERS_FILE: file,
      WORKER_PORT: '0',
      ...environment,
    });
  }

  constructor(folder: string, env: Record<string, string>) {
    this.#folder = folder;
    this.child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exit = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  /** Waits for a log line that holds the text. */
  async says(text: string, timeoutMs = 15_000): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const line = this.lines.find((one) => one.includes(text));
      if (line !== undefined) return line;
      if (performance.now() > deadline) throw new Error(`never said '${text}':\n${this.lines.join('\n')}`);
      await Promise.race([
        once(this.child.stdout ?? this.child, 'data'),
        new Promise((resolve) => setTimeout(resolve, 200)),
      ]);
    }
  }

  /** Ends it and waits for that. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.exit;
    await rm(this.#folder, { recursive: true, force: true });
    return this.child.exitCode;
  }
}
