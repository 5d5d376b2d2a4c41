import { execFile, spawn } from 'node:child_process';
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NotHere } from '../scenarios/scenario.ts';

const run = promisify(execFile);

export interface SmallDisk {
  folder: string;
  /** Takes it away with all it holds, also while somebody still has a file open there. */
  end(): Promise<void>;
}

/** A file system of so many megabytes in memory, or why there is none here. It goes with this process, however that ends. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | NotHere> {
  if (process.platform !== 'linux') return { notHere: 'a tmpfs of its own needs Linux' };
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  } catch (error) {
    await rmdir(folder);
    const why = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    return { notHere: `a tmpfs cannot be mounted, which takes root: ${why}` };
  }
  const unwatch = unmountWithUs(folder);
  return {
    folder,
    end: async () => {
      // Lazily: it is out of the way at once, and gone once its last file is closed.
      await run('umount', ['-l', folder]);
      await rmdir(folder);
      unwatch();
    },
  };
}

/** Writes a file until nothing more fits; the function removes it. */
export async function fillDisk(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'filler');
  const file = await open(path, 'w');
  try {
    for (const bytes of [64 * 1024, 4 * 1024]) await writeUntilFull(file, Buffer.alloc(bytes));
  } finally {
    await file.close();
  }
  return async () => await rm(path);
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<void> {
  try {
    for (;;) await file.write(bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

/** A shell waits for the end of its standard input, which the operating system closes with this process. */
function unmountWithUs(folder: string): () => void {
  const shell = spawn('/bin/sh', ['-c', 'read -r line; umount -l "$1"; rmdir "$1"', 'unmount', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  shell.stdin.on('error', () => undefined);
  return () => {
    shell.kill('SIGKILL');
    shell.stdin.destroy();
  };
}
