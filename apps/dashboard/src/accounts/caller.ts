import { AsyncLocalStorage } from 'node:async_hooks';
import type { Account } from './account.ts';

/**
 * Whose request is being answered. Bull Board's hooks see nothing of Express but the headers, and headers can be
 * forged; this cannot. Nobody is calling until the gate has let somebody through.
 */
export class Caller {
  readonly #storage = new AsyncLocalStorage<Account>();

  /** Answers a request as this account. */
  as<T>(account: Account, answer: () => T): T {
    return this.#storage.run(account, answer);
  }

  get current(): Account | undefined {
    return this.#storage.getStore();
  }
}
