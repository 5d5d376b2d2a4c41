import { certificateSchema, type Head, type JournalVerdict, verifyJournal } from '@session-queue/core/evidence';
import type { CliEnvironment } from '../connection/environment.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { headOption, readJsonFile, readKeyFiles } from '../input/evidence-files.ts';
import { journalSource } from '../input/journal-source.ts';
import { print, type Terminal, tell } from '../terminal.ts';
import { counted, readable } from '../wording.ts';

export interface VerifyJournalOptions {
  publicKey: string[];
  head?: string[];
  certificate?: string[];
  after?: string;
  json?: boolean;
}

/** `session-queue verify-journal`: whether it is as it was signed. */
export async function verifyJournalFiles(
  terminal: Terminal,
  paths: readonly string[],
  environment: CliEnvironment,
  { publicKey, head = [], certificate = [], after, json = false }: VerifyJournalOptions,
): Promise<void> {
  const keys = await readKeyFiles(publicKey);
  const given = head.map((text) => headOption('--head', text));
  const known = [...given, ...(await Promise.all(certificate.map(headsIn))).flat()];
  const from = after === undefined ? {} : { after: headOption('--after', after) };
  const verdict = await verifyJournal(linesOf(paths, environment), keys, { known, ...from });
  if (json) print(terminal, JSON.stringify(verdict));
  else print(terminal, inWords(verdict));
  if (verdict.is === 'faulty' || verdict.is === 'empty') {
    throw new CommandFailure(exitCodes.notDone, 'The journal is not as it was signed.');
  }
  if (verdict.is === 'unsigned-tail' && !json) {
    tell(
      terminal,
      `${counted(verdict.unsigned, 'record')} behind the last checkpoint: not signed yet, and no proof until then.`,
    );
  }
}

async function headsIn(path: string): Promise<Head[]> {
  const parsed = certificateSchema.safeParse(await readJsonFile(path));
  if (!parsed.success) throw new CommandFailure(exitCodes.usage, `${path} is no certificate.`);
  return [parsed.data.journal.accepted, parsed.data.journal.ended];
}

async function* linesOf(paths: readonly string[], environment: CliEnvironment): AsyncGenerator<string> {
  for (const path of paths) yield* journalSource(path, environment);
}

function inWords(verdict: JournalVerdict): string {
  if (verdict.is === 'faulty') return `Faulty: ${verdict.message}`;
  if (verdict.is === 'empty') return 'Empty: there is no record in it';
  const { head, checkpoints } = verdict;
  return `Genuine: ${readable(head.sequence)} records, ${counted(checkpoints, 'checkpoint')}\nHead ${head.sequence}:${head.hash}`;
}
