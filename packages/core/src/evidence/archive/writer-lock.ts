import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EvidenceError } from '../evidence-error.ts';

const beatsPerWait = 5;
const looksPerWait = 20;

/**
 * Lets one writer at a time have a folder, also over hosts: `writer-<n>.lock` of the greatest n has it, and changes while its
 * writer lives. One that does not change for `staleMs` is of a dead writer: whoever makes the next n, which only one can, takes over.
 * No clock is compared. A writer that slept longer finds out in `check`, before it writes; one that falls asleep between the
 * check and the write cannot be stopped by files: its lines show as `duplicated` or `unlinked`.
 */
export class WriterLock {
  readonly #folder: string;
  readonly #number: number;
  readonly #token: string;
  readonly #file: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #beats = 0;

  /** Throws an `EvidenceError` (`archive_taken`) when a living writer has it. Waits `staleMs` for one that may be dead. */
  static async take(folder: string, staleMs: number): Promise<WriterLock> {
    const found = await newestLock(folder);
    if (found !== undefined && !(await staysTheSame(folder, found, staleMs))) throw taken();
    const number = (found?.number ?? 0) + 1;
    const file = await open(lockPath(folder, number), 'wx').catch((cause: unknown) => {
      throw isCode(cause, 'EEXIST') ? taken(cause) : cause;
    });
    const lock = new WriterLock(folder, number, file, staleMs);
    await lock.#beat();
    if (found !== undefined) await removeFile(lockPath(folder, found.number));
    return lock;
  }

  private constructor(folder: string, number: number, file: FileHandle, staleMs: number) {
    this.#folder = folder;
    this.#number = number;
    this.#file = file;
    this.#token = randomUUID();
    // A beat that fails is none: others take over, and `check` says so.
    this.#timer = setInterval(() => void this.#beat().catch(() => undefined), staleMs / beatsPerWait).unref();
  }

  /** Throws an `EvidenceError` (`archive_taken`) when somebody else has taken over, or the lock was removed. */
  async check(): Promise<void> {
    const found = await newestLock(this.#folder);
    if (found?.number !== this.#number || !found.content.startsWith(this.#token)) throw taken();
  }

  /** Safe twice. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    const isOwn = await this.check().then(
      () => true,
      () => false,
    );
    if (isOwn) await removeFile(lockPath(this.#folder, this.#number));
    await this.#file.close();
  }

  async #beat(): Promise<void> {
    this.#beats += 1;
    // By the open file: one that was removed stays so.
    await this.#file.write(`${this.#token} ${this.#beats}\n`, 0);
  }
}

const namePattern = /^writer-(\d{1,15})\.lock$/;

interface FoundLock {
  number: number;
  content: string;
}

async function newestLock(folder: string): Promise<FoundLock | undefined> {
  const names = await readdir(folder);
  const number = Math.max(0, ...names.map((name) => Number(namePattern.exec(name)?.[1] ?? 0)));
  if (number === 0) return undefined;
  try {
    return { number, content: await readFile(lockPath(folder, number), 'utf8') };
  } catch (error) {
    // Released, or taken over, since the folder was read.
    if (isCode(error, 'ENOENT')) return await newestLock(folder);
    throw error;
  }
}

/** Whether a lock is the newest and unchanged for so long; or is given back meanwhile. */
async function staysTheSame(folder: string, found: FoundLock, staleMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + staleMs;
  while (performance.now() < giveUpAt) {
    await sleep(staleMs / looksPerWait);
    const now = await newestLock(folder);
    if (now === undefined) return true;
    if (now.number !== found.number || now.content !== found.content) return false;
  }
  return true;
}

function lockPath(folder: string, number: number): string {
  return join(folder, `writer-${number}.lock`);
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function taken(cause?: unknown): EvidenceError {
  const message =
    'another writer has this archive: stop it, or give this one a folder of its own; a dead one is taken over by itself';
  return new EvidenceError('archive_taken', message, { cause });
}
