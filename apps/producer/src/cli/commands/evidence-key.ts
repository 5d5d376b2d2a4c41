import { writeFile } from 'node:fs/promises';
import { createKeyPair } from '@session-queue/core/evidence';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import { print, type Terminal, tell } from '../terminal.ts';

/** `session-queue evidence-key`: a key that is there is never written over. */
export async function evidenceKey(terminal: Terminal, path: string): Promise<void> {
  const { id, privatePem, publicPem } = createKeyPair();
  try {
    await writeFile(path, privatePem, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const why = isThere ? `${path} is there already: name a new file` : `${path} cannot be written`;
    throw new CommandFailure(exitCodes.usage, `${why}. No key was made.`, { cause });
  }
  tell(
    terminal,
    `The private key ${id} is in ${path}, for EVIDENCE_KEY_FILE of the workers: keep it secret. Its public key:`,
  );
  print(terminal, publicPem.trimEnd());
}
