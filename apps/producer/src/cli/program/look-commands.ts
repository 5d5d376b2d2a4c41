import { kinds, requestStates } from '@session-queue/core';
import { Option } from 'commander';
import { consumers } from '../commands/consumers.ts';
import { type ItemsOptions, items } from '../commands/items.ts';
import { type ListOptions, list } from '../commands/list.ts';
import { status } from '../commands/status.ts';
import { watch } from '../commands/watch.ts';
import { itemsHelp, listHelp, watchHelp } from '../help-text.ts';
import { pastMoment } from '../moments.ts';
import { collected } from './collected.ts';
import type { Commands } from './program.ts';
import { wholeNumber } from './whole-number.ts';

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
  add('list', 'list requests, the newest first', listHelp)
    .alias('ls')
    .addOption(new Option('-s, --state <state>', 'in this state').choices(requestStates))
    .addOption(new Option('-k, --kind <kind>', 'of this kind').choices(kinds))
    .option('-c, --consumer <name>', 'of this consumer; may be given more than once', collected)
    .option('--requested-by <name>', 'asked for by')
    .option('--since <when>', 'created since: a time, or a span back from now such as 2d', pastMoment)
    .option('--until <when>', 'created before', pastMoment)
    .addOption(new Option('-L, --limit <count>', 'at most so many').argParser(wholeNumber).default(30).conflicts('all'))
    .option('-a, --all', 'all of them')
    .action(async (options: ListOptions) => {
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
