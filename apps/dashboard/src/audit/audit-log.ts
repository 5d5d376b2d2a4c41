import type { RedisConnection } from '@session-queue/core';
import type { Logger } from 'pino';
import type { Account } from '../accounts/account.ts';

/** So many entries are kept, the newest; beyond them the log has them. */
const keptEntries = 100_000;
/** What must not stay out waits so long for Redis, in ms. */
const writtenWithinMs = 2_000;

/** What somebody did, or was refused. Never holds an item, a password or a session's token. */
export interface AuditEntry {
  action: string;
  /** Absent before sign-in. */
  account?: Account | undefined;
  /** `begun`: it is about to be done, and its end follows. */
  outcome: 'begun' | 'done' | 'refused';
  queue?: string | undefined;
  job?: string | undefined;
  request?: string | undefined;
  lane?: string | undefined;
  kind?: string | undefined;
  address?: string | undefined;
  /** Why it is done, or was refused. */
  reason?: string | undefined;
}

/** An entry as it is read again. */
export interface KeptEntry {
  id: string;
  /** Ms of Redis's clock. */
  at: number;
  who: string;
  role: string;
  action: string;
  outcome: string;
  on: string;
  address: string;
  reason: string;
}

/** Everything that changes something and every sign-in, whether it was allowed or not: a line in the log, and an entry in Redis. */
export class AuditLog {
  readonly #logger: Logger;
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(logger: Logger, redis: RedisConnection, prefix: string) {
    this.#logger = logger;
    this.#redis = redis;
    this.#key = `{${prefix}}:audit`;
  }

  /** Rejects where a `begun` cannot be kept: what cannot be written down is not done. */
  async record(entry: AuditEntry): Promise<void> {
    const { account, action, outcome, reason, ...on } = entry;
    const line = {
      audit: true,
      who: account?.name,
      role: account?.role,
      action,
      outcome,
      allowed: outcome !== 'refused',
    };
    // People write ids of sessions into reasons; Redis keeps those, logs travel.
    const said = { ...line, ...on, ...(outcome === 'refused' && { reason }) };
    this.#logger[outcome === 'refused' ? 'warn' : 'info'](said, `${action}: ${outcome}`);
    const written = within(writtenWithinMs, this.#write(entry));
    if (outcome === 'begun') await written;
    else
      await written.catch((error: unknown) =>
        this.#logger.error({ err: error, action }, 'an entry of the audit log could not be kept'),
      );
  }

  /** A page of entries, the newest first; `next` is where the one after it begins. */
  async read(
    from: string | undefined,
    limit: number,
    wanted: (entry: KeptEntry) => boolean,
  ): Promise<{ entries: KeptEntry[]; next?: string }> {
    const entries: KeptEntry[] = [];
    let end = from ?? '+';
    // A filter that finds little looks at so much at most.
    for (let looks = 0; looks < 20; looks += 1) {
      const rows = await this.#redis.xrevrange(this.#key, end, '-', 'COUNT', pageOfStream);
      for (const [id, fields] of rows) {
        if (entries.length === limit) return { entries, next: id };
        const entry = entryOf(id, fields);
        if (wanted(entry)) entries.push(entry);
      }
      const last = rows.at(-1)?.[0];
      if (rows.length < pageOfStream || last === undefined) return { entries };
      end = `(${last}`;
    }
    return { entries, next: end.replace('(', '') };
  }

  async #write({ account, action, outcome, reason, address, ...on }: AuditEntry): Promise<void> {
    const of = on.request ?? on.lane ?? on.kind ?? [on.queue, on.job].filter((part) => part !== undefined).join(' ');
    const fields = {
      who: account?.name ?? '',
      role: account?.role ?? '',
      action,
      outcome,
      on: of,
      address: address ?? '',
      reason: reason ?? '',
    };
    await this.#redis.xadd(this.#key, 'MAXLEN', '~', keptEntries, '*', ...Object.entries(fields).flat());
  }
}

const pageOfStream = 500;

function entryOf(id: string, fields: string[]): KeptEntry {
  const of = Object.fromEntries(fields.flatMap((text, i) => (i % 2 ? [[fields[i - 1] ?? '', text]] : [])));
  const { who = '', role = '', action = '', outcome = '', on = '', address = '', reason = '' } = of;
  return { id, at: Number(id.split('-')[0]), who, role, action, outcome, on, address, reason };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not keep it within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
