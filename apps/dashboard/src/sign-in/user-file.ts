import { readFile } from 'node:fs/promises';
import { type KnownUser, parseUserList } from '@session-queue/core';
import type { Logger } from 'pino';

/** A file of users as it was at the start. */
export interface UserFileContent {
  path: string;
  text: string;
  users: readonly KnownUser[];
}

/** How often the file is looked at, in ms. */
const lookEveryMs = 2_000;

/**
 * The users of a file, which is read again and again: somebody who is taken out is signed out within seconds. A file that cannot be used
 * leaves the users as they were, and says so once. A text counts when two looks in a row find it: one alone may come amid a write.
 */
export class UserFile {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  #users: readonly KnownUser[];
  #text: string | undefined;
  #seen: string | undefined;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ path, text, users }: UserFileContent, logger: Logger, intervalMs = lookEveryMs) {
    this.#path = path;
    this.#logger = logger;
    this.#intervalMs = intervalMs;
    this.#users = users;
    this.#text = text;
    this.#seen = text;
  }

  get users(): readonly KnownUser[] {
    return this.#users;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.look(), this.#intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks once, as it does by itself after the start. */
  look(): Promise<void> {
    // Never two at once: the slower one would bring back what was.
    this.#looking ??= this.#readOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #readOnce(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => undefined);
    const isSettled = text === this.#seen;
    this.#seen = text;
    if (!isSettled || text === this.#text) return;
    this.#text = text;
    const { users, faults } = text === undefined ? { users: [], faults: ['cannot be read'] } : parseUserList(text);
    if (faults.length > 0) {
      this.#logger.error({ faults }, 'the changed file of users cannot be used: those from before stay');
      return;
    }
    this.#users = users;
    this.#logger.info({ count: users.length }, 'the file of users was read anew');
  }
}
