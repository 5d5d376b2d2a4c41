import { type Command, Option } from 'commander';
import { pastMoment } from '../moments.ts';
import { collected } from './collected.ts';
import { wholeNumber } from './whole-number.ts';

/** What narrows every list. */
export function addListOptions(command: Command): Command {
  return command
    .option('-c, --consumer <name>', 'of this consumer; may be given more than once', collected)
    .option('--requested-by <name>', 'asked for by')
    .option('--since <when>', 'created since: a time, or a span back from now such as 2d', pastMoment)
    .option('--until <when>', 'created before', pastMoment)
    .addOption(new Option('-L, --limit <count>', 'at most so many').argParser(wholeNumber).default(30).conflicts('all'))
    .option('-a, --all', 'all of them');
}
