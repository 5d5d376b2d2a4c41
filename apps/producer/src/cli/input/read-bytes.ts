import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** The bytes of a file, or of the standard input for `-`. */
export async function readBytes(path: string, terminal: Terminal): Promise<Buffer> {
  if (path === '-') return await buffer(terminal.stdin);
  try {
    return await readFile(path);
  } catch (cause) {
    throw new CommandFailure(exitCodes.usage, `${path} cannot be read${reasonOf(cause)}.`, { cause });
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
