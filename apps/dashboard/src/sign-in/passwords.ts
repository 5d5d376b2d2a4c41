import { type KnownUser, type PasswordHash, unmatchableHash, verifyPassword } from '@session-queue/core';

/** Checks at a time: each takes 32 MB and a good part of a core. */
const mostAtOnce = 2;
/** Those that may wait; more would only wait for nothing. */
const mostWaiting = 20;

/** Tells whether a password is somebody's. */
export class Passwords {
  readonly #users: () => readonly KnownUser[];
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(users: () => readonly KnownUser[]) {
    this.#users = users;
  }

  find(name: string): KnownUser | undefined {
    return this.#users().find((user) => user.name === name);
  }

  /**
   * Whose password it is; 'busy' when too many are being checked. A name that nobody has costs as much as a wrong password of the dearest
   * hash there is.
   */
  async check(name: string, password: string): Promise<KnownUser | 'busy' | undefined> {
    const user = this.find(name);
    if (!(await this.#turn())) return 'busy';
    try {
      const matches = await verifyPassword(password, user?.hash ?? unmatchableHash(this.#dearest()));
      return matches ? user : undefined;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<boolean> {
    if (this.#running >= mostAtOnce) {
      if (this.#waiting.length >= mostWaiting) return false;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
    return true;
  }

  #dearest(): PasswordHash | undefined {
    const price = ({ cost }: PasswordHash) => 2 ** cost.ln * cost.r * cost.p;
    return this.#users()
      .map(({ hash }) => hash)
      .reduce<PasswordHash | undefined>(
        (most, hash) => (most === undefined || price(hash) > price(most) ? hash : most),
        undefined,
      );
  }
}
