import { PassThrough, Writable } from 'node:stream';
import type { CliEnvironment } from '../../src/cli/connection.ts';
import { runCli } from '../../src/cli/run-cli.ts';

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The waits that were asked for, in ms; none is waited. */
  pauses: number[];
}

export interface RunOptions {
  environment: CliEnvironment;
  /** The whole standard input. */
  stdin?: string | Buffer;
  /** Whether a person sits before it. */
  isWatched?: boolean;
  /** Whether the standard input is a terminal; as `isWatched` when absent. */
  stdinIsTty?: boolean;
  /** Called instead of each wait. */
  onPause?: () => void | Promise<void>;
}

/** Runs the command line as a shell would, with its output kept. */
export async function runCommand(args: readonly string[], options: RunOptions): Promise<Run> {
  const { environment, stdin = '', isWatched = false, stdinIsTty = isWatched, onPause } = options;
  const [stdout, stderr] = [new KeptText(), new KeptText()];
  const pauses: number[] = [];
  const input = new PassThrough();
  input.end(stdin);
  const exitCode = await runCli(args, environment, {
    stdin: Object.assign(input, { isTTY: stdinIsTty }),
    stdout,
    stderr: Object.assign(stderr, { isTTY: isWatched }),
    command: 'node cli.js',
    pause: async (ms) => {
      pauses.push(ms);
      await onPause?.();
    },
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
