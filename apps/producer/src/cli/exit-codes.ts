/** What the command line's exit codes mean; scripts may rely on them. */
export const exitCodes = {
  done: 0,
  /** The request ended without success, needs a person, or was not confirmed; `doctor` found something bad. */
  notDone: 1,
  /** Wrong arguments or files; nothing was sent. */
  usage: 2,
  /** Refused, for good. */
  refused: 3,
  /** The producer or Redis was away, or had no room; the same command is safe to repeat. */
  unavailable: 4,
  /** Ctrl-C, as shells count it (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message for people and an exit code for scripts. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
