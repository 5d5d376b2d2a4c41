import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { Bytes } from './bytes.ts';

interface Spool extends Bytes {
  close: () => Promise<void>;
}

/**
 * The whole standard input in a file that nobody else can read, so that it can be read twice. The file has lost its name
 * before the first byte is in it: however this process ends, nothing of it stays.
 */
async function spool(stdin: Readable, signal: AbortSignal): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-'));
  const file = await openUnnamed(folder);
  try {
    await writeFile(file, stdin, { signal });
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    name: 'the standard input',
    open: () => file.createReadStream({ start: 0, autoClose: false }),
    close: async () => await file.close(),
  };
}

async function openUnnamed(folder: string): Promise<FileHandle> {
  try {
    return await open(join(folder, 'stdin'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Does something with the standard input if one of the paths is `-`, and lets go of it. */
export async function withStdin(
  { stdin, interrupted }: Terminal,
  paths: readonly string[],
  work: (stdin: Bytes | undefined) => Promise<void>,
): Promise<void> {
  const times = paths.filter((path) => path === '-').length;
  if (times === 0) return await work(undefined);
  if (times > 1) throw new CommandFailure(exitCodes.usage, 'The standard input (-) can be given once.');
  const spooled = await spool(stdin, interrupted);
  try {
    await work(spooled);
  } finally {
    await spooled.close();
  }
}
