import type { Command } from 'commander';
import { scopes } from '../../auth/caller.ts';
import { type NewKey, newKey, newKeySchema } from '../../auth/new-key.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { helpText, keysHelp } from '../help-text.ts';
import { print, type Terminal, tell } from '../terminal.ts';

interface KeyOptions {
  name: string;
  scopes: string;
  consumers?: string;
  expires?: string;
  ratePerMinute?: string;
  json?: boolean;
}

/** Adds `keys new`, which asks no producer: the token is made here and kept nowhere. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('make API keys of the producer');
  keys
    .command('new')
    .description('make a token, and the entry of PRODUCER_API_KEYS_FILE that knows it')
    .requiredOption('--name <name>', 'whose it is; it stands in logs and requests')
    .requiredOption('--scopes <list>', `what it may do: ${scopes.join(',')}`)
    .option('--consumers <list>', 'only for these sets of Learnosity credentials')
    .option('--expires <time>', 'when it ends: 2027-01-31, or with a time such as 2027-01-31T08:00:00Z')
    .option('--rate-per-minute <calls>', "in place of the producer's own limit; 0 for none")
    .option('--json', 'print JSON for programs')
    .addHelpText('after', helpText(keysHelp, terminal.command))
    .action((options: KeyOptions) => printKey(terminal, readKey(options), options.json === true));
}

function readKey({ name, scopes: allowed, consumers, expires, ratePerMinute }: KeyOptions): NewKey {
  const parsed = newKeySchema.safeParse({
    name,
    scopes: wordsOf(allowed),
    ...(consumers === undefined ? {} : { consumers: wordsOf(consumers) }),
    ...(expires === undefined ? {} : { expires }),
    ...(ratePerMinute === undefined ? {} : { ratePerMinute: Number(ratePerMinute) }),
  });
  if (parsed.success) return newKey(parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) => `--${optionOf(String(path[0]))} ${message}`);
  throw new CommandFailure(exitCodes.usage, faults.join('\n'));
}

function printKey(terminal: Terminal, { token, entry }: NewKey, json: boolean): void {
  if (json) {
    print(terminal, JSON.stringify({ token, entry }));
    return;
  }
  tell(terminal, 'The token, which is shown only this once:');
  print(terminal, token);
  tell(terminal, 'What to add to the list in PRODUCER_API_KEYS_FILE:');
  print(terminal, JSON.stringify(entry));
}

function wordsOf(list: string): string[] {
  return list.split(',').map((word) => word.trim());
}

function optionOf(field: string): string {
  return field === 'ratePerMinute' ? 'rate-per-minute' : field;
}
