import { randomUUID } from 'node:crypto';
import { defineScript, type RedisConnection } from '../redis/script.ts';
import { type AuditEntry, type AuditFields, type AuditOutcome, flatFields, parseEntry } from './audit-entry.ts';

const local = (name: string) =>
  // Stopping is an action too, and must stay possible when memory is short (invariant 12).
  defineScript({ file: new URL(`./${name}.lua`, import.meta.url), flags: ['allow-oom'] });
const beginScript = local('begin');
const endScript = local('end');

/** About how many entries are kept, the latest: some 300 bytes each, 30 MB at most. */
export const mostAuditEntries = 100_000;
/** Entries that are read at a time. */
const chunk = 1_000;
/** Entries that one page looks through for what it is asked for. */
const mostLookedThrough = 10_000;

/** Which entries are asked for: all that are given must fit. */
export interface AuditFilter {
  who?: string | undefined;
  action?: string | undefined;
}

export interface AuditPage {
  /** The newest first. */
  entries: AuditEntry[];
  /** Where the next page begins; absent when this is the last one. */
  next?: string;
}

/** What is told before an action, and what after it. */
export type AuditStart = Omit<AuditFields, 'id' | 'at' | 'outcome'>;
export type AuditEnd = Pick<AuditFields, 'detail'> & { outcome: Exclude<AuditOutcome, 'begun'> };

/** An action that was announced. */
export interface BegunEntry {
  readonly place: string;
  readonly fields: AuditFields;
}

/**
 * Who did what, and why: a stream of Redis. An action is announced before it is done, and the announcement is replaced by what became of
 * it: whatever dies in between, nothing is done that does not stand here.
 */
export class AuditTrail {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#key = auditKey(prefix);
  }

  /** Announces an action. Whoever is not told that it stands here must not do it. */
  async begin(start: AuditStart): Promise<BegunEntry> {
    const fields = { ...start, id: randomUUID(), at: new Date().toISOString(), outcome: 'begun' as const };
    return { place: await this.#add(fields), fields };
  }

  /** Says what became of it; answers with the entry's place. */
  async end({ place, fields }: BegunEntry, end: AuditEnd): Promise<string> {
    const args = [mostAuditEntries, place, ...flatFields({ ...fields, ...end })];
    return String(await endScript.run(this.#redis, [this.#key], args));
  }

  /** Notes what has happened, or was refused. */
  async note(start: AuditStart, end: AuditEnd): Promise<string> {
    return await this.#add({ ...start, ...end, id: randomUUID(), at: new Date().toISOString() });
  }

  async find(place: string): Promise<AuditEntry | undefined> {
    const [found] = await this.#redis.xrange(this.#key, place, place);
    return found === undefined ? undefined : parseEntry(found);
  }

  /** Entries before a place, or the latest. A page may hold fewer than its limit and have a next one: few of many did fit. */
  async page(
    filter: AuditFilter,
    { before, limit }: { before?: string | undefined; limit: number },
  ): Promise<AuditPage> {
    const entries: AuditEntry[] = [];
    let place = before;
    let lookedThrough = 0;
    while (lookedThrough < mostLookedThrough) {
      const found = await this.#redis.xrevrange(
        this.#key,
        place === undefined ? '+' : `(${place}`,
        '-',
        'COUNT',
        chunk,
      );
      for (const one of found) {
        place = one[0];
        const entry = parseEntry(one);
        if (entry !== undefined && fits(entry, filter)) entries.push(entry);
        if (entries.length > limit)
          return { entries: entries.slice(0, limit), next: entries[limit - 1]?.place ?? place };
      }
      lookedThrough += found.length;
      if (found.length < chunk) return { entries };
    }
    return place === undefined ? { entries } : { entries, next: place };
  }

  /** Every entry that fits, the newest first, read a piece at a time. */
  async *all(filter: AuditFilter): AsyncGenerator<AuditEntry> {
    for (let before: string | undefined; ; ) {
      const { entries, next } = await this.page(filter, { before, limit: chunk });
      yield* entries;
      if (next === undefined) return;
      before = next;
    }
  }

  async #add(fields: AuditFields): Promise<string> {
    const { id, ...rest } = fields;
    return String(await beginScript.run(this.#redis, [this.#key], [mostAuditEntries, id, ...flatFields(rest)]));
  }
}

/** Where it lies: beside the queues, for all consumers. */
export function auditKey(prefix: string): string {
  return `{${prefix}}:audit`;
}

function fits({ who, action }: AuditEntry, filter: AuditFilter): boolean {
  if (filter.who !== undefined && who?.toLowerCase() !== filter.who.toLowerCase()) return false;
  return filter.action === undefined || action === filter.action;
}
