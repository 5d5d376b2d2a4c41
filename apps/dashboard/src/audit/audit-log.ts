import type { AuditEnd, AuditStart, AuditTrail, BegunEntry } from '@session-queue/core/engine';
import type { Logger } from 'pino';
import type { Account } from '../accounts/account.ts';

/** What somebody does, or is refused. Never holds an item, a password or a token. */
export interface AuditedAct extends Pick<AuditStart, 'action' | 'target' | 'reason' | 'way'> {
  /** Absent before sign-in. */
  account?: Pick<Account, 'name' | 'role'> | undefined;
  address?: string | undefined;
  /** On what, by the names that log lines have for such things: `request`, `queue`, `job`, `consumer`, `kind`, `selection`. */
  about?: Readonly<Record<string, string>> | undefined;
}

/** An action that stands in the audit log, and is about to be done. */
export interface AnnouncedAct {
  readonly entry: BegunEntry;
  readonly act: AuditedAct;
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
  async begin(act: AuditedAct): Promise<AnnouncedAct> {
    return { entry: await this.#trail.begin(startOf(act)), act };
  }

  /** Says what became of it; answers with the entry's place, or none where Redis has gone meanwhile: then it stays announced. */
  async end({ entry, act }: AnnouncedAct, end: AuditEnd): Promise<string | undefined> {
    this.#log(act, end);
    return await this.#unlessAway(this.#trail.end(entry, end));
  }

  /** Notes what was refused, or has happened. */
  async note(act: AuditedAct, end: AuditEnd): Promise<void> {
    this.#log(act, end);
    await this.#unlessAway(this.#trail.note(startOf(act), end));
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

  #log({ action, account, address, way, about }: AuditedAct, { outcome, detail }: AuditEnd): void {
    const line = {
      audit: true,
      who: account?.name,
      role: account?.role,
      action,
      ...about,
      address,
      way,
      outcome,
      detail,
    };
    if (outcome === 'done') this.#logger.info(line, `${action}: done`);
    else this.#logger.warn(line, `${action}: ${outcome}`);
  }
}

function startOf({ account, about: _about, ...act }: AuditedAct): AuditStart {
  return { ...act, who: account?.name, role: account?.role };
}
