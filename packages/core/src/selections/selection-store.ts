import { randomUUID } from 'node:crypto';
import type { ConsumerKeys } from '../lanes/keys.ts';
import type { RedisConnection } from '../redis/script.ts';
import { memoryShort, Refusal, unknownSelection } from '../requests/refusal.ts';
import type { RequestView } from '../requests/request.ts';
import { checkRequestId } from '../requests/request-id.ts';
import { meantBreakdown } from './breakdown.ts';
import type { DeletedSelection } from './deleted-selection.ts';
import { readSelection, type SelectionInput, type SelectionView } from './selection.ts';
import { selectionScript } from './selection-script.ts';

const beginScript = selectionScript('begin-selection');
const cancelScript = selectionScript('cancel-selection');
const noteDeletionScript = selectionScript('note-deletion');

/** Asks for selections, and says how they stand. Which consumer's one is lies beside them, by its id. */
export class SelectionStore {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #keysOf: (consumer: string) => ConsumerKeys;

  constructor(redis: RedisConnection, prefix: string, keysOf: (consumer: string) => ConsumerKeys) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#keysOf = keysOf;
  }

  /** Makes it, or finds the one that was made by the same call before. */
  async begin(input: SelectionInput & { consumer: string }, retentionMs: number): Promise<SelectionView> {
    const { consumer, reason, requestedBy, keepMetadata = false } = input;
    const id = checkRequestId(input.id ?? randomUUID());
    // Twice as long as it stays: its end is not known yet.
    const standing = await this.#redis.set(this.#indexKey(id), consumer, 'PX', 2 * retentionMs, 'NX', 'GET');
    const filter = JSON.stringify(input.filter);
    const fields = ['filter', filter];
    const breakdown = input.breakdown && JSON.stringify(meantBreakdown(input.breakdown, input.filter));
    if (breakdown !== undefined) fields.push('breakdown', breakdown);
    if (keepMetadata) fields.push('keepMetadata', '1');
    if (reason !== undefined) fields.push('reason', reason);
    if (requestedBy !== undefined) fields.push('requestedBy', requestedBy);
    const keys = this.#keysOf(consumer);
    const isOther = standing !== null && standing !== consumer;
    const reply = isOther ? ['there', undefined] : await beginScript.run(keys.redis, [keys.base], [id, ...fields]);
    const [is, has, keeps, breaks]: unknown[] = Array.isArray(reply) ? reply : [];
    if (is === 'memory_short') throw memoryShort();
    if (has !== filter || (keeps === '1') !== keepMetadata || (breaks ?? undefined) !== breakdown)
      throw new Refusal('id_taken', 'this id belongs to a selection of something else', { field: 'id' });
    return (await this.find(id)).view;
  }

  /** Refuses with `not_found`. */
  async find(id: string): Promise<{ keys: ConsumerKeys; view: SelectionView }> {
    const consumer = await this.#redis.get(this.#indexKey(id));
    if (consumer === null) throw new Refusal('not_found', unknownSelection);
    const keys = this.#keysOf(consumer);
    const view = await readSelection(keys, id);
    if (view === undefined) throw new Refusal('not_found', unknownSelection);
    return { keys, view };
  }

  /** Ends the walk and forgets what was found. */
  async cancel(id: string, retentionMs: number): Promise<SelectionView> {
    const { keys } = await this.find(id);
    await cancelScript.run(keys.redis, [keys.base], [id, retentionMs]);
    return (await this.find(id)).view;
  }

  /** Lets it lead to the request that deletes it, where it is that of this digest; of several to the newest. */
  async noteDeletion(chosen: DeletedSelection, { id: request, consumer }: RequestView): Promise<void> {
    const { redis, base } = this.#keysOf(consumer);
    await noteDeletionScript.run(redis, [base], [chosen.id, chosen.digest, request]);
  }

  #indexKey(id: string): string {
    return `${this.#prefix}:selection:${id}`;
  }
}
