import { PassThrough, Writable } from 'node:stream';
import type { CliEnvironment } from '../../src/cli/connection/environment.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { ColourEnvironment } from '../../src/cli/terminal.ts';

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The waits that were asked for, in ms; none is waited. */
  pauses: number[];
}

export interface RunOptions {
  environment: CliEnvironment & ColourEnvironment;
  /** The whole standard input. */
  stdin?: string | Buffer;
  /** Whether a person sits before it. */
  isWatched?: boolean;
  /** Whether the standard input is a terminal; as `isWatched` when absent. */
  stdinIsTty?: boolean;
  /** Whether the results go to a terminal; as `isWatched` when absent. */
  stdoutIsTty?: boolean;
  /** The width of both terminals. */
  columns?: number;
  /** Called instead of each wait, which takes no time but on the command's own clock. */
  onPause?: () => void | Promise<void>;
  /** Aborted as Ctrl-C would. */
  interrupted?: AbortSignal;
}

/** Runs the command line as a shell would, with its output kept. */
export async function runCommand(args: readonly string[], options: RunOptions): Promise<Run> {
  const { environment, stdin = '', isWatched = false, stdinIsTty = isWatched, onPause } = options;
  const { stdoutIsTty = isWatched, columns = 120, interrupted = new AbortController().signal } = options;
  const [stdout, stderr] = [new KeptText(), new KeptText()];
  const pauses: number[] = [];
  const input = new PassThrough();
  input.end(stdin);
  let nowMs = 0;
  const exitCode = await runCli(args, environment, {
    stdin: Object.assign(input, { isTTY: stdinIsTty }),
    stdout: Object.assign(stdout, { isTTY: stdoutIsTty, columns }),
    stderr: Object.assign(stderr, { isTTY: isWatched, columns }),
    command: 'node cli.js',
    pause: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
      await onPause?.();
    },
    now: () => nowMs,
    interrupted,
    environment,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text, pauses };
}

class KeptText extends Writable {
  text = '';

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
