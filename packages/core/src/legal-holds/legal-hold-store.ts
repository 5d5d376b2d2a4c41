import { randomUUID } from 'node:crypto';
import { consumerKeys } from '../lanes/keys.ts';
import type { RedisConnection } from '../redis/script.ts';
import type { Why } from '../requests/control.ts';
import { isoTime } from '../requests/iso-time.ts';
import { packedSessionId, unpackSessionId } from '../requests/packing.ts';
import { liftedLegalHold, Refusal, unknownLegalHold } from '../requests/refusal.ts';
import { defaultConsumer } from '../requests/request.ts';
import { checkRequestId } from '../requests/request-id.ts';
import { holdScript } from './hold-script.ts';
import { type LegalHoldInput, type LegalHolds, type LegalHoldView, mostHoldsListed } from './legal-hold.ts';

const addScript = holdScript('add-hold');
const removeScript = holdScript('remove-hold');
const letGoScript = holdScript('let-go');

/** Legal holds in Redis. Which consumer's one is lies beside them, by its id. */
export class LegalHoldStore implements LegalHolds {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async addLegalHold(input: LegalHoldInput): Promise<LegalHoldView> {
    const { consumer = defaultConsumer, sessionIds, userId, activityId, reason, by } = input;
    const id = checkRequestId(input.id ?? randomUUID());
    const standing = await this.#redis.set(this.#indexKey(id), consumer, 'NX', 'GET');
    if (standing !== null && standing !== consumer) {
      throw new Refusal('id_taken', 'this id belongs to a legal hold of another consumer', { field: 'id' });
    }
    const on = sessionIds !== undefined ? 'sessions' : userId !== undefined ? 'user' : 'activity';
    const fields = ['reason', reason];
    if (by !== undefined) fields.push('by', by);
    if (on !== 'sessions') fields.push('subject', userId ?? activityId ?? '');
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    const args = [id, on, fields.length, ...fields, ...(sessionIds ?? []).map(packedSessionId)];
    if ((await addScript.run(this.#redis, [base], args)) === null) throw new Refusal('conflict', liftedLegalHold);
    return await this.getLegalHold(id);
  }

  async legalHolds(consumer = defaultConsumer): Promise<LegalHoldView[]> {
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    const ids = await this.#redis.zrevrange(`${base}holds`, 0, mostHoldsListed - 1);
    const views = await Promise.all(ids.map((id) => this.findLegalHold(consumer, id)));
    return views.filter((view) => view !== undefined);
  }

  /** The ids of the newest holds of a consumer, the newest first, by when they were made (ms), and how many it has in all. */
  async newestIds(consumer: string, most: number): Promise<{ newest: { id: string; at: number }[]; total: number }> {
    const key = `${consumerKeys(this.#redis, this.#prefix, consumer).base}holds`;
    const rows = await this.#redis.zrevrange(key, 0, most - 1, 'WITHSCORES');
    const newest: { id: string; at: number }[] = [];
    for (let i = 0; i + 1 < rows.length; i += 2) newest.push({ id: rows[i] ?? '', at: Number(rows[i + 1]) });
    return { newest, total: newest.length < most ? newest.length : await this.#redis.zcard(key) };
  }

  /**
   * Ids of the holds on users and activities of a consumer for which it was looked at Learnosity and nothing was found (`foundNothing`), of the
   * 1,000 that were resolved last. Costs Redis a look at each of those.
   */
  async holdsOnNothing(consumer: string): Promise<string[]> {
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    // A hold stands here while it is not lifted, and above 0 once it was resolved.
    const ids = await this.#redis.zrevrangebyscore(`${base}holds:subjects`, '+inf', '(0', 'LIMIT', 0, mostHoldsListed);
    const sizes = await Promise.all(ids.map((id) => this.#redis.scard(`${base}hold:${id}:sessions`)));
    return ids.filter((_, place) => sizes[place] === 0);
  }

  async getLegalHold(id: string): Promise<LegalHoldView> {
    const consumer = await this.#redis.get(this.#indexKey(id));
    const view = consumer === null ? undefined : await this.findLegalHold(consumer, id);
    if (view === undefined) throw unknownHold();
    return view;
  }

  async *heldSessions(id: string): AsyncGenerator<readonly string[], void, undefined> {
    const { consumer } = await this.getLegalHold(id);
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    let cursor = '0';
    do {
      const [next, found] = await this.#redis.sscanBuffer(`${base}hold:${id}:sessions`, cursor, 'COUNT', 500);
      cursor = next.toString();
      if (found.length > 0) yield found.map(unpackSessionId);
    } while (cursor !== '0');
  }

  async removeLegalHold(id: string, { reason, by = '' }: Why): Promise<LegalHoldView> {
    const view = await this.getLegalHold(id);
    const { base } = consumerKeys(this.#redis, this.#prefix, view.consumer);
    await removeScript.run(this.#redis, [base], [id, reason, by]);
    let hasMore = true;
    while (hasMore) hasMore = await this.letGo(view.consumer, id);
    return view;
  }

  /** Lets up to 1,000 sessions of a hold go that is being lifted; whether some are left. Several may do so at once. */
  async letGo(consumer: string, id: string): Promise<boolean> {
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    const left = await letGoScript.run(this.#redis, [base], [id]);
    if (left === 'gone') await this.#redis.del(this.#indexKey(id));
    return left === 'more';
  }

  /** A hold of this consumer; `undefined` where it has none of this id. */
  async findLegalHold(consumer: string, id: string): Promise<LegalHoldView | undefined> {
    const { base } = consumerKeys(this.#redis, this.#prefix, consumer);
    const [record, sessions, resolved, fault] = await Promise.all([
      this.#redis.hgetall(`${base}hold:${id}`),
      this.#redis.scard(`${base}hold:${id}:sessions`),
      this.#redis.zscore(`${base}holds:subjects`, id),
      this.#redis.hmget(`${base}holds:resolving`, 'code', 'message'),
    ]);
    const { on, subject = '', reason = '', by, createdAt, liftedAt } = record;
    if (on !== 'sessions' && on !== 'user' && on !== 'activity') return undefined;
    const [code, message] = fault;
    const isLooked = on !== 'sessions' && liftedAt === undefined;
    return {
      id,
      consumer,
      on,
      ...(on === 'user' && { userId: subject }),
      ...(on === 'activity' && { activityId: subject }),
      sessions,
      reason,
      ...(by !== undefined && { by }),
      createdAt: isoTime(createdAt),
      ...(Number(resolved ?? 0) > 0 && { resolvedAt: isoTime(resolved ?? undefined) }),
      ...(isLooked && code && message && { waiting: { code, message } }),
      ...(liftedAt !== undefined && { liftedAt: isoTime(liftedAt) }),
    };
  }

  #indexKey(id: string): string {
    return `${this.#prefix}:legal-hold:${id}`;
  }
}

function unknownHold(): Refusal {
  return new Refusal('not_found', unknownLegalHold);
}
