import { Refusal } from '@session-queue/core';
import { CommanderError } from 'commander';
import type { CliEnvironment } from './connection/environment.ts';
import { describeRefusal, exitCodeOf } from './connection/refusals.ts';
import { CommandFailure, type ExitCode, exitCodes } from './exit-codes.ts';
import { createProgram } from './program/program.ts';
import { type Terminal, tell } from './terminal.ts';

/** Runs one command; resolves to its exit code. */
export async function runCli(
  args: readonly string[],
  environment: CliEnvironment,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    await createProgram(environment, terminal).parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    // Commander has said already what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (error instanceof CommandFailure) {
      tell(terminal, error.message);
      return error.exitCode;
    }
    if (terminal.interrupted.aborted) {
      tell(terminal, 'Interrupted.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof Refusal)) throw error;
    tell(terminal, describeRefusal(error));
    return exitCodeOf(error);
  }
}
