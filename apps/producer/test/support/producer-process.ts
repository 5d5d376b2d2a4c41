import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The built producer as a process of its own. */
export interface ProducerProcess {
  readonly child: ChildProcess;
  readonly log: Record<string, unknown>[];
  /** Everything written to stderr so far. */
  stderr(): string;
  /** Resolves to the first log entry with this message. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Resolves to the exit code, or to the signal's name. */
  exited: Promise<number | string>;
}

export function spawnProducer(environment: Record<string, string>): ProducerProcess {
  const main = new URL('../../dist/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main], {
    // The process sees these variables only, and not those of the test run.
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: Record<string, unknown>[] = [];
  let stderr = '';
  let wake = (): void => undefined;
  child.stderr.on('data', (data) => {
    stderr += String(data);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line) as Record<string, unknown>);
    wake();
  });
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    log,
    stderr: () => stderr,
    exited,
    logged: async (message) => {
      for (;;) {
        const entry = log.find(({ msg }) => msg === message);
        if (entry !== undefined) return entry;
        const line = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const how = await Promise.race([line, exited]);
        if (how !== undefined) throw new Error(`it ended (${how}) without logging '${message}': ${stderr}`);
      }
    },
  };
}
