import { changeScript, evidencedKey } from '../evidence-store/change-script.ts';
import type { RedisConnection } from '../redis/script.ts';
import type { Why, WhyIfAny } from '../requests/control.ts';
import type { Kind } from '../requests/request.ts';
import { formatHandStop, type HandStop, parseHandStop } from './hand-stop.ts';
import { wakeChannel } from './keys.ts';

const switchScript = changeScript(new URL('./switch-kind-2.lua', import.meta.url));

/**
 * The switch that stops every claim and every send of a kind, over all consumers and replicas, until it is put back. The journals of evidence
 * have who did so with deletions, and why.
 */
export class KindSwitch {
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #key: string;

  constructor(redis: RedisConnection, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#key = `{${prefix}}:stopped`;
  }

  async stop(kind: Kind, why: Why): Promise<void> {
    await this.#set(kind, formatHandStop(why), why);
  }

  async start(kind: Kind, why: WhyIfAny = {}): Promise<void> {
    await this.#set(kind, '', why);
    await this.#wake(kind);
  }

  async read(kind: Kind): Promise<HandStop | undefined> {
    const found = await this.#redis.hget(this.#key, kind);
    return found === null ? undefined : parseHandStop(found);
  }

  async #set(kind: Kind, stop: string, { reason = '', by = '' }: WhyIfAny): Promise<void> {
    await switchScript.run(this.#redis, [this.#key, evidencedKey(this.#prefix)], [kind, stop, by, reason]);
    await this.#wake('evidence');
  }

  async #wake(what: Kind | 'evidence'): Promise<void> {
    await this.#redis.publish(wakeChannel(this.#prefix), `${what} *`);
  }
}
