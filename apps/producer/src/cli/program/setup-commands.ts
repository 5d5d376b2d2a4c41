import { Argument } from 'commander';
import { doctor } from '../commands/doctor.ts';
import { type Shell, shells, writeCompletion } from '../completion/completion.ts';
import { completionHelp, doctorHelp, helpText } from '../help-text.ts';
import { print } from '../terminal.ts';
import type { Commands } from './program.ts';

/** `doctor` and `completion`. */
export function addSetupCommands({ program, terminal, add, runAtOnce }: Commands): void {
  add('doctor', 'find out what is wrong, and how to mend it', doctorHelp).action(async (options: object) => {
    await runAtOnce(options, doctor);
  });
  program
    .command('completion')
    .description('print what makes a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'which').choices(shells))
    .addHelpText('after', helpText(completionHelp, terminal.command))
    .action((shell: Shell) => print(terminal, writeCompletion(shell, program)));
}
