import type { AuditEnd, AuditStart, AuditTrail, BegunEntry } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import type { Account } from '../accounts/account.ts';

/** What somebody does, or is refused. Never holds an item, a password or a token. */
export interface AuditedAct extends Pick<AuditStart, 'action' | 'target' | 'reason' | 'way'> {
  /** Absent before sign-in. */
  account?: Pick<Account, 'name' | 'role'> | undefined;
  address?: string | undefined;
}

/**
 * Everything that changes something, and every sign-in, whether it was allowed or not: in the audit trail, which people read on a page, and
 * as a line of the log, which says all but the reason: people may write anything there.
 */
export class AuditLog {
  readonly #trail: AuditTrail;
  readonly #logger: Logger;

  constructor(trail: AuditTrail, logger: Logger) {
    this.#trail = trail;
    this.#logger = logger;
  }

  /** Announces an action; rejects while that cannot be written, and then it must not be done. */
  async begin(act: AuditedAct): Promise<BegunEntry> {
    return await this.#trail.begin(startOf(act));
  }

  /** Says what became of it; answers with the entry's place, or none where Redis has gone meanwhile: then it stays announced. */
  async end(begun: BegunEntry, end: AuditEnd): Promise<string | undefined> {
    this.#log(begun.fields, end);
    return await this.#unlessAway(this.#trail.end(begun, end));
  }

  /** Notes what was refused, or has happened. */
  async note(act: AuditedAct, end: AuditEnd): Promise<void> {
    const start = startOf(act);
    this.#log(start, end);
    await this.#unlessAway(this.#trail.note(start, end));
  }

  /** Nothing that is over fails for want of its note: the log has it. */
  async #unlessAway(noting: Promise<string>): Promise<string | undefined> {
    try {
      return await noting;
    } catch (error) {
      this.#logger.error(
        { err: error },
        'the audit trail could not be written: the line before this one is all there is',
      );
      return undefined;
    }
  }

  #log({ action, who, role, target, address, way }: AuditStart, { outcome, detail }: AuditEnd): void {
    const line = { audit: true, who, role, action, target, address, way, outcome, detail };
    if (outcome === 'done') this.#logger.info(line, `${action}: done`);
    else this.#logger.warn(line, `${action}: ${outcome}`);
  }
}

function startOf({ account, ...act }: AuditedAct): AuditStart {
  return { ...act, who: account?.name, role: account?.role };
}
