import { selectionStates, sessionStatuses } from '@session-queue/core';
import { type Command, Option } from 'commander';
import { type PreviewOptions, preview } from '../commands/preview.ts';
import { type SelectOptions, select } from '../commands/select.ts';
import { type SelectionListOptions, selections } from '../commands/selections.ts';
import { previewHelp, selectHelp, selectionsHelp } from '../help-text.ts';
import { dimensions } from '../input/filter.ts';
import { pastSecond } from '../moments.ts';
import { collected } from './collected.ts';
import { addListOptions } from './list-options.ts';
import type { Commands } from './program.ts';
import { wholeNumber } from './whole-number.ts';

/** `select` */
export function addSelectCommand({ add, run }: Commands): void {
  const what = 'choose sessions by their metadata, to look at; nothing is deleted';
  const command = addWhoOptions(add('select', what, selectHelp)).option(
    '--session-ids-file <path>',
    'among at most 1,000 ids in a file, - for the standard input',
  );
  addSpanOptions(command)
    .option('-c, --consumer <name>', 'which set of Learnosity credentials (default: "default")')
    .option('-r, --reason <text>', 'why, for the record')
    .option('--requested-by <name>', "who asks (default: the API key's name)")
    .option('--idempotency-key <key>', 'the same key and filter again are the same selection')
    .option('--keep-metadata', 'keep what Learnosity tells of each session, for preview --metadata')
    .addOption(
      new Option('--break-down <by>', 'count the sessions by this too: a walk for each value').choices(
        Object.keys(dimensions),
      ),
    )
    .option('--into <value>', 'a value to count; may be given more than once (default: those of the filter)', collected)
    .option('--watch', 'wait until it is ready, and show what it found')
    .action(async (options: SelectOptions) => {
      await run(options, async (session) => await select(session, options));
    });
}

/** `preview` */
export function addPreviewCommand({ add, run }: Commands): void {
  add('preview', 'show what a selection has found', previewHelp)
    .argument('<id>', 'the id of the selection')
    .addOption(new Option('--csv', 'its sessions alone, as CSV with a header').conflicts(['json', 'ndjson']))
    .addOption(new Option('--ndjson', 'its sessions alone, a JSON string a line').conflicts('json'))
    .addOption(
      new Option('--metadata', 'what Learnosity tells of each, as NDJSON').conflicts(['json', 'csv', 'ndjson']),
    )
    .option('-L, --limit <count>', 'at most so many sessions (default: 10, all as CSV or NDJSON)', wholeNumber)
    .action(async (id: string, options: PreviewOptions) => {
      await run(options, async (session) => await preview(session, id, options));
    });
}

/** `selections` */
export function addSelectionsCommand({ add, run }: Commands): void {
  const listing = add('selections', 'list selections, the newest first', selectionsHelp).addOption(
    new Option('-s, --state <state>', 'in this state').choices(selectionStates),
  );
  addListOptions(listing).action(async (options: SelectionListOptions) => {
    await run(options, async (session) => await selections(session, options));
  });
}

/** Options that say which sessions, but for times. */
export function addWhoOptions(command: Command): Command {
  return command
    .option('--user <id>', 'of this learner; may be given more than once', collected)
    .option('--activity <id>', 'of this activity; may be given more than once', collected)
    .addOption(new Option('--status <status...>', 'with one of these statuses').choices(sessionStatuses));
}

function addSpanOptions(command: Command): Command {
  for (const what of ['completed', 'started', 'updated']) {
    command
      .option(
        `--${what}-after <when>`,
        `${what} then or later: a time, or a span back from now such as 90d`,
        pastSecond,
      )
      .option(`--${what}-before <when>`, `${what} then or earlier`, pastSecond);
  }
  return command;
}
