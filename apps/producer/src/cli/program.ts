import { kinds } from '@session-queue/core';
import { Argument, Command, Option } from 'commander';
import { changeRequest, switchKind } from './commands/change.ts';
import { type DeleteOptions, deleteSessions } from './commands/delete-sessions.ts';
import { items } from './commands/items.ts';
import { addKeyCommands } from './commands/keys.ts';
import { type ResubmitOptions, resubmit } from './commands/resubmit.ts';
import { status } from './commands/status.ts';
import { addConnectionOptions, type CliEnvironment, openSession } from './connection.ts';
import { deleteHelp, helpText, itemsHelp, overview, parkedHelp, resubmitHelp, stopHelp } from './help-text.ts';
import type { Terminal } from './terminal.ts';

/** All commands, each one call of the producer's HTTP API. */
export function createProgram(environment: CliEnvironment, terminal: Terminal): Command {
  const open = (options: object) => openSession(options, environment, terminal);
  const program = new Command(terminal.command)
    .description('Ask Session Queue to delete or resubmit Learnosity sessions, and see what became of it.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .showHelpAfterError('(--help shows how it goes)')
    .addHelpText('after', helpText(overview, terminal.command));
  const command = (nameAndArguments: string, description: string, help = ''): Command =>
    addConnectionOptions(program.command(nameAndArguments).description(description)).addHelpText(
      'after',
      helpText(help, terminal.command),
    );

  addRequestOptions(command('delete', 'delete sessions at Learnosity, for good', deleteHelp))
    .argument('[ids...]', 'session ids')
    .option('--file <path>', 'a CSV file, or one id a line; - for the standard input')
    .option('--column <name>', 'the column of the ids')
    .action(async (ids: string[], options: DeleteOptions) => await deleteSessions(open(options), ids, options));
  addRequestOptions(command('resubmit', 'send failed submissions again', resubmitHelp))
    .argument('[files...]', 'files with one submission each')
    .option('--dir <folder>', 'all files of a folder')
    .option('--ignore-response-revisions', 'let old recordings overwrite newer responses')
    .action(async (files: string[], options: ResubmitOptions) => await resubmit(open(options), files, options));
  command('status', 'show what became of a request')
    .argument('<id>', 'the id of the request')
    .option('--follow', 'until it ends, with a progress bar')
    .action(async (id: string, options: { follow?: boolean }) => await status(open(options), id, options));
  command('items', 'list the failed or parked items of a request', itemsHelp)
    .argument('<id>', 'the id of the request')
    .addOption(new Option('--state <state>', 'which items').choices(['failed', 'parked']).makeOptionMandatory())
    .action(async (id: string, options: { state: string }) => await items(open(options), id, options));
  for (const [action, description] of changes) {
    command(action, description)
      .argument('<id>', 'the id of the request')
      .action(async (id: string, options: object) => await changeRequest(open(options), id, action));
  }
  command('retry', 'put the failed items of a finished request back in line')
    .argument('<id>', 'the id of the request')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(
      async (id: string, { reason, ...options }: { reason: string }) =>
        await changeRequest(open(options), id, 'retry', { reason }),
    );
  command('parked', 'decide what becomes of parked items', parkedHelp)
    .argument('<id>', 'the id of the request')
    .addArgument(new Argument('<action>', 'send them again, or fail them').choices(['resend', 'fail']))
    .action(
      async (id: string, action: string, options: object) =>
        await changeRequest(open(options), id, 'parked', { action }),
    );
  addKindOption(command('stop', 'stop every deletion, of all consumers', stopHelp))
    .requiredOption('--reason <text>', 'why, for the people who will ask')
    .action(
      async ({ kind, reason, ...options }: SwitchOptions) => await switchKind(open(options), 'stop', { kind, reason }),
    );
  addKindOption(command('start', 'go on after a stop'))
    .option('--reason <text>', 'why, for the people who will ask')
    .action(
      async ({ kind, reason, ...options }: SwitchOptions) => await switchKind(open(options), 'start', { kind, reason }),
    );
  addKeyCommands(program, terminal);
  return program;
}

interface SwitchOptions {
  kind: string;
  reason?: string;
}

const changes = [
  ['cancel', 'cancel what has not been sent; what is under way goes on to its end'],
  ['hold', 'take no new items of a request until it is released'],
  ['release', 'go on with a held request'],
] as const;

function addRequestOptions(command: Command): Command {
  return command
    .option('--consumer <name>', 'which set of Learnosity credentials (default: "default")')
    .option('--reason <text>', 'why, for the record')
    .option('--requested-by <name>', "who asks (default: the API key's name)")
    .option('--idempotency-key <key>', 'in place of the one made from the content')
    .option('--follow', 'wait until the request ends, with a progress bar')
    .option('--yes', 'do not ask; needed where nobody can be asked');
}

function addKindOption(command: Command): Command {
  return command.addOption(new Option('--kind <kind>', 'what').choices(kinds).default('deletion'));
}
