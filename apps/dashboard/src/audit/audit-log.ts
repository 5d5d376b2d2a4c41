import type { Logger } from 'pino';
import type { Account } from '../accounts/account.ts';

/** What somebody did, or was refused. Never holds an item, a password or a session's token. */
export interface AuditEntry {
  action: string;
  /** Absent before sign-in. */
  account?: Account | undefined;
  allowed: boolean;
  queue?: string | undefined;
  job?: string | undefined;
  request?: string | undefined;
  address?: string | undefined;
  /** Why it was refused. */
  reason?: string | undefined;
}

/** One line for everything that changes something and for every sign-in, whether it was allowed or not. */
export class AuditLog {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  record(entry: AuditEntry): void {
    const { account, allowed, ...rest } = entry;
    const line = { audit: true, who: account?.name, role: account?.role, allowed, ...rest };
    if (allowed) this.#logger.info(line, `${entry.action}: done`);
    else this.#logger.warn(line, `${entry.action}: refused`);
  }
}
