import type { Command } from 'commander';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completedCommands } from './words.ts';
import { zshCompletion } from './zsh.ts';

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export type Shell = keyof typeof writers;
export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** What shells call the program: a script completes a command of this name, wherever it lies. */
const programName = 'session-queue';

/** A script that completes commands, options and their values, by what the program itself takes. */
export function writeCompletion(shell: Shell, program: Command): string {
  return writers[shell](programName, completedCommands(program));
}
