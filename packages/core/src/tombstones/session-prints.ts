import { createHmac } from 'node:crypto';

/** What a session is known by among the tombstones, in bytes: 160 bits of an HMAC-SHA-256. */
export const printBytes = 20;

/** In the place of a print where a submission does not say its session. */
const unreadablePrint = Buffer.alloc(printBytes, 0xff);

/** Makes prints of a consumer's session ids. Without the key nobody can say whether an id was deleted, nor list the ids that were. */
export class SessionPrints {
  readonly #key: string;
  readonly #consumer: string;

  /** `key`: TOMBSTONE_KEY, the same for all workers for as long as the tombstones are to be of use. */
  constructor(key: string, consumer: string) {
    this.#key = key;
    this.#consumer = consumer;
  }

  /** Of some sessions in their order, one print behind the other; `undefined` is one that is not known. */
  of(sessionIds: readonly (string | undefined)[]): Buffer {
    return Buffer.concat(sessionIds.map((id) => (id === undefined ? unreadablePrint : this.#print(`session\n${id}`))));
  }

  /** Says which key made a consumer's tombstones, and gives nothing of it away. */
  get keyName(): string {
    return this.#print('key').toString('hex');
  }

  #print(text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${this.#consumer}\n${text}`).digest().subarray(0, printBytes);
  }
}
