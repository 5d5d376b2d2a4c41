import { deadlineStates, kinds, requestStates } from '@session-queue/core';
import { Option } from 'commander';
import { consumers } from '../commands/consumers.ts';
import { type ItemsOptions, items } from '../commands/items.ts';
import { list, type RequestListOptions } from '../commands/list.ts';
import { status } from '../commands/status.ts';
import { watch } from '../commands/watch.ts';
import { itemsHelp, listHelp, watchHelp } from '../help-text.ts';
import { addListOptions } from './list-options.ts';
import type { Commands } from './program.ts';

/** `status`, `watch`, `list`, `items` and `consumers`. */
export function addLookCommands({ add, run }: Commands): void {
  add('status', 'show what became of a request')
    .argument('<id>', 'the id of the request')
    .action(async (id: string, options: object) => {
      await run(options, async (session) => await status(session, id));
    });
  add('watch', 'show how a request goes on, until it ends', watchHelp)
    .argument('<id>', 'the id of the request')
    .action(async (id: string, options: object) => {
      await run(options, async (session) => await watch(session, id));
    });
  const listing = add('list', 'list requests, the newest first', listHelp)
    .alias('ls')
    .addOption(new Option('-s, --state <state>', 'in this state').choices(requestStates))
    .addOption(new Option('-k, --kind <kind>', 'of this kind').choices(kinds))
    .addOption(
      new Option('--deadline <how>', 'open, and at risk of missing its deadline, or behind it').choices(deadlineStates),
    );
  addListOptions(listing).action(async (options: RequestListOptions) => {
    await run(options, async (session) => await list(session, options));
  });
  add('items', 'list the failed, parked or still shown items of a request', itemsHelp)
    .argument('<id>', 'the id of the request')
    .option('--failed', 'those that failed for good')
    .option('--parked', 'those whose outcome is unknown')
    .option('--still-there', 'those that Learnosity shows although they were deleted')
    .addOption(new Option('--csv', 'as CSV, with a header').conflicts('json'))
    .action(async (id: string, options: ItemsOptions) => {
      await run(options, async (session) => await items(session, id, options));
    });
  add('consumers', 'list the consumers that workers know').action(async (options: object) => {
    await run(options, consumers);
  });
}
