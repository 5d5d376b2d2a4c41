import { readFile } from 'node:fs/promises';
import { EvidenceError, type Head, type PublicKeys, readPublicKeys } from '@session-queue/core/evidence';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { fileFailure } from './bytes.ts';

/** The public keys in files. */
export async function readKeyFiles(paths: readonly string[]): Promise<PublicKeys> {
  const pems = await Promise.all(paths.map(readText));
  try {
    return readPublicKeys(pems);
  } catch (cause) {
    if (!(cause instanceof EvidenceError)) throw cause;
    throw new CommandFailure(exitCodes.usage, `--public-key: ${cause.message}.`, { cause });
  }
}

/** A file of JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CommandFailure(exitCodes.usage, `${path} is no JSON.`, { cause });
  }
}

/** `4711:<64 hex digits>` */
export function headOption(option: string, text: string): Head {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
  throw new CommandFailure(exitCodes.usage, `${option} must be the number of a record, a colon and its hash.`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw fileFailure(path, cause, '');
  }
}
