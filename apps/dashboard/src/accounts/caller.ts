import { AsyncLocalStorage } from 'node:async_hooks';
import type { Account } from './account.ts';

/**
 * Whose request is being answered. Bull Board's hooks see nothing of Express but the headers, and headers can be
 * forged; this cannot. Nobody is calling until the gate has let somebody through.
 */
export class Caller {
  readonly #storage = new AsyncLocalStorage<{ account: Account; address: string | undefined }>();

  /** Answers a request from there as this account. */
  as<T>(account: Account, address: string | undefined, answer: () => T): T {
    return this.#storage.run({ account, address }, answer);
  }

  get current(): Account | undefined {
    return this.#storage.getStore()?.account;
  }

  get address(): string | undefined {
    return this.#storage.getStore()?.address;
  }
}
