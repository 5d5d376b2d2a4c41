import {
  type AddHoldOptions,
  addLegalHold,
  listLegalHolds,
  removeLegalHold,
  showLegalHold,
} from '../commands/legal-holds.ts';
import { legalHoldHelp } from '../help-text.ts';
import { personHere } from './change-commands.ts';
import { collected } from './collected.ts';
import type { Commands } from './program.ts';

/** `legal-hold add`, `list`, `show` and `remove`. */
export function addLegalHoldCommands({ program, add, run }: Commands): void {
  const holds = program.command('legal-hold').description('keep sessions from ever being deleted');
  add('add', 'hold sessions, or those of a user or an activity', legalHoldHelp, holds)
    .argument('[ids...]', 'session ids')
    .option('-f, --file <path>', 'a list of ids: CSV or NDJSON, - for the standard input', collected)
    .option('--user <id>', 'all sessions of this learner, those to come too')
    .option('--activity <id>', 'all sessions of this activity')
    .option('-c, --consumer <name>', 'which set of Learnosity credentials (default: "default")')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(async (ids: string[], options: AddHoldOptions) => {
      await run(options, async (session) => await addLegalHold(session, ids, options));
    });
  add('list', 'the newest 1,000 holds of a consumer', '', holds)
    .option('-c, --consumer <name>', 'which (default: "default")')
    .action(async (options: { consumer?: string }) => {
      await run(options, async (session) => await listLegalHolds(session, options.consumer));
    });
  add('show', 'one hold, by the id that stands in what is said of the items it keeps', '', holds)
    .argument('<id>', 'the id of the hold')
    .action(async (id: string, options: object) => {
      await run(options, async (session) => await showLegalHold(session, id));
    });
  add('remove', 'lift a hold', '', holds)
    .argument('<id>', 'the id of the hold')
    .requiredOption('-r, --reason <text>', 'why, for the record')
    .action(async (id: string, options: { reason: string }) => {
      // Over HTTP it is whom the token names.
      const why = { reason: options.reason, ...personHere() };
      await run(options, async (session) => await removeLegalHold(session, id, why));
    });
}
