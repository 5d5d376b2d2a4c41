import type { Command } from 'commander';

/** What a value may be: one of some words, a file, or anything. */
export type Values = readonly string[] | 'files' | 'anything';

export interface CompletedOption {
  /** Long and short. */
  flags: string[];
  description: string;
  /** `undefined` for one without a value. */
  values: Values | undefined;
}

export interface CompletedCommand {
  name: string;
  description: string;
  options: CompletedOption[];
  /** What its arguments may be, one for each; a last one that repeats stands for all that follow. */
  arguments: Values[];
}

/** The commands of a program as completions need them: written from the program itself, so that none is forgotten. */
export function completedCommands(program: Command): CompletedCommand[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map((command) => ({
      name: command.name(),
      description: command.description(),
      options: optionsOf(command),
      arguments: command.name() === 'help' ? [program.commands.map((other) => other.name())] : argumentsOf(command),
    }));
}

/** Those of a command, and of the commands below it: `keys new`. */
function optionsOf(command: Command): CompletedOption[] {
  const own = command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description, required, optional, flags, argChoices }) => ({
      flags: [long, short].filter((flag) => flag !== undefined && flag !== null),
      description,
      values: required || optional ? (argChoices ?? placeOf(flags)) : undefined,
    }));
  const known = new Set(own.flatMap(({ flags }) => flags));
  const below = command.commands.flatMap(optionsOf);
  return [...own, ...below.filter(({ flags }) => !flags.some((flag) => known.has(flag)))];
}

function argumentsOf(command: Command): Values[] {
  if (command.commands.length > 0) return [command.commands.map((below) => below.name())];
  return command.registeredArguments.map((argument) => argument.argChoices ?? placeOf(argument.name()));
}

/** What the name of a value tells. */
function placeOf(name: string): Values {
  return /path/.test(name) ? 'files' : 'anything';
}

/** A word of a list that is separated by spaces. */
export function escapedSpaces(word: string): string {
  return word.replaceAll(' ', String.raw`\ `);
}
