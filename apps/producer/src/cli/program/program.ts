import { ownVersion } from '@session-queue/core';
import { Command } from 'commander';
import { addKeyCommands } from '../commands/keys.ts';
import { addUserCommands } from '../commands/users.ts';
import type { CliEnvironment } from '../connection/environment.ts';
import { type Session, withSession } from '../connection/session.ts';
import { helpText, overview } from '../help-text.ts';
import { columnsOf, type Terminal } from '../terminal.ts';
import { addAskCommands } from './ask-commands.ts';
import { addChangeCommands } from './change-commands.ts';
import { addCertificateCommand, addEvidenceKeyCommand, addVerifyCommands } from './evidence-commands.ts';
import { addLegalHoldCommands } from './legal-hold-commands.ts';
import { addLookCommands } from './look-commands.ts';
import { addRuleCommands } from './rule-commands.ts';
import { addPreviewCommand, addSelectCommand, addSelectionsCommand } from './selection-commands.ts';
import { addSetupCommands } from './setup-commands.ts';

/** What each group of commands is added with. */
export interface Commands {
  program: Command;
  terminal: Terminal;
  environment: CliEnvironment;
  /** Adds a command that talks to Session Queue, with the options that each of those has. */
  add: (nameAndArguments: string, description: string, help?: string, parent?: Command) => Command;
  /** Opens the way that the options name, waits until it is there, and does the work. */
  run: (options: object, work: (session: Session) => Promise<void>) => Promise<void>;
  /** The same without the wait. */
  runAtOnce: (options: object, work: (session: Session) => Promise<void>) => Promise<void>;
}

/** All commands, in groups. */
export function createProgram(environment: CliEnvironment, terminal: Terminal): Command {
  const program = new Command(terminal.command)
    .description('Ask Session Queue to delete or resubmit Learnosity sessions, and see what became of it.')
    .version(ownVersion, '-V, --version', 'print the version of this program')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => columnsOf(terminal.stdout),
      getErrHelpWidth: () => columnsOf(terminal.stderr),
    })
    .showHelpAfterError('(--help shows how it goes)')
    .addHelpText('after', helpText(overview, terminal.command));
  const runAtOnce: Commands['run'] = async (options, work) => await withSession(options, environment, terminal, work);
  const commands: Commands = {
    program,
    terminal,
    environment,
    add: (nameAndArguments, description, help = '', parent = program) =>
      addConnectionOptions(parent.command(nameAndArguments).description(description)).addHelpText(
        'after',
        helpText(help, terminal.command),
      ),
    runAtOnce,
    run: async (options, work) =>
      await runAtOnce(options, async (session) => {
        await session.ready();
        await work(session);
      }),
  };
  program.commandsGroup('Ask:');
  addAskCommands(commands);
  addSelectCommand(commands);
  program.commandsGroup('Look:');
  addLookCommands(commands);
  addPreviewCommand(commands);
  addSelectionsCommand(commands);
  addCertificateCommand(commands);
  program.commandsGroup('Check offline:');
  addVerifyCommands(commands);
  program.commandsGroup('Change:');
  addChangeCommands(commands);
  addLegalHoldCommands(commands);
  addRuleCommands(commands);
  program.commandsGroup('Set up:');
  addKeyCommands(program, terminal);
  addUserCommands(program, terminal);
  addEvidenceKeyCommand(commands);
  addSetupCommands(commands);
  return program;
}

function addConnectionOptions(command: Command): Command {
  return command
    .optionsGroup('How to get there:')
    .option('--url <url>', 'address of the producer (SESSION_QUEUE_URL; else http://127.0.0.1:3010)')
    .option('--token <token>', 'API token (better in SESSION_QUEUE_TOKEN: other users see arguments)')
    .option('--redis <url>', 'straight to the Redis of the workers, without a producer (SESSION_QUEUE_REDIS)')
    .option('--prefix <prefix>', "its REDIS_PREFIX (default: 'session-queue')")
    .option('--json', 'print JSON for programs, a value a line')
    .optionsGroup('Options:');
}
