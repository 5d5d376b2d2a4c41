import { priorities } from '@session-queue/core';
import { type Command, Option } from 'commander';
import { type DeleteOptions, deleteSessions } from '../commands/delete-sessions.ts';
import { type ResubmitOptions, resubmit } from '../commands/resubmit.ts';
import { deleteHelp, resubmitHelp } from '../help-text.ts';
import { comingMoment } from '../moments.ts';
import { collected } from './collected.ts';
import type { Commands } from './program.ts';
import { wholeNumberOrNone } from './whole-number.ts';

/** `delete` and `resubmit`. */
export function addAskCommands({ add, run }: Commands): void {
  const deleting = addAskOptions(
    add('delete', 'delete sessions at Learnosity, for good', deleteHelp)
      .argument('[ids...]', 'session ids')
      .option('-f, --file <path>', 'a file of ids, - for the standard input; may be given more than once', collected)
      .option('--column <name>', 'the column of the ids, in CSV')
      .option('--verify', 'look for the sessions before they are deleted, and again behind it')
      .option('--no-verify', 'do not look for them, whatever the consumer is set up for')
      .addOption(
        new Option('--selection <id>', 'what a selection has found, in place of ids').conflicts([
          'file',
          'column',
          'skipInvalid',
          'resume',
        ]),
      )
      .option('--expect-digest <digest>', 'of the selection as it was looked at; needed with --yes')
      .option('--expect-count <count>', 'of the selection as it was looked at; needed with --yes', wholeNumberOrNone)
      .option('--require-approval', 'wait for the approval of a second person, however few sessions it has')
      .option('--force', 'delete again what was deleted before: a session may have re-appeared'),
  );
  refuseBoth(deleting, 'verify', 'no-verify');
  deleting.action(async (ids: string[], options: DeleteOptions) => {
    await run(options, async (session) => await deleteSessions(session, ids, options));
  });
  addAskOptions(
    add('resubmit', 'send failed submissions again', resubmitHelp)
      .argument('[paths...]', 'files of submissions, folders of such files, - for the standard input')
      .option('--ignore-response-revisions', 'let old recordings overwrite newer responses'),
  ).action(async (paths: string[], options: ResubmitOptions) => {
    await run(options, async (session) => await resubmit(session, paths, options));
  });
}

/** An option and its opposite: one of them would silently win. */
function refuseBoth(command: Command, one: string, other: string): void {
  const given = new Set<string>();
  for (const name of [one, other]) {
    command.on(`option:${name}`, () => {
      given.add(name);
      if (given.size > 1) command.error(`error: give --${one} or --${other}, not both`);
    });
  }
}

function addAskOptions(command: Command): Command {
  return command
    .option('-c, --consumer <name>', 'which set of Learnosity credentials (default: "default")')
    .option('-r, --reason <text>', 'why, for the record')
    .option('--requested-by <name>', "who asks (default: the API key's name)")
    .option('--not-before <when>', 'send nothing before: a time, or a span from now such as 12h', comingMoment)
    .option('--deadline <when>', 'all of it by then: a time, or a span from now such as 14d', comingMoment)
    .addOption(new Option('--priority <priority>', 'before or after other requests').choices(priorities))
    .option('--callback-url <url>', 'told of the end of the request')
    .option('--skip-invalid', 'leave bad lines out instead of sending nothing')
    .option('-n, --dry-run', 'send nothing: count, and say how many calls and how much time it will take')
    .option('--resume', 'keep what has arrived when this is cut off; the same command then goes on behind it')
    .option('--idempotency-key <key>', 'in place of the one made from the content')
    .option('--watch', 'watch the request until it ends')
    .option('-y, --yes', 'do not ask; needed where nobody can be asked');
}
