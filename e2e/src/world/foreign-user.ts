import {
  builtInSigner,
  createLearnosityClient,
  createTransport,
  defaultLtsVersion,
  type Kind,
  type LearnosityClient,
  LearnosityError,
} from '@session-queue/core';
import { badPrefix } from '../load/asks.ts';
import type { WorldConsumer } from './consumers.ts';

/** A call that another program made with a consumer's key. Times are epoch ms. */
export interface ForeignCall {
  consumerKey: string;
  endpoint: Kind;
  sentAt: number;
  answeredAt: number;
  /** Answered 429: it took no place in the quota. */
  wasRefused: boolean;
}

/**
 * Another program that uses a consumer's key, straight at the stand-in. Each of its calls holds one item that is refused as bad: it
 * takes its place in the quota, and changes nothing.
 */
export class ForeignUser {
  readonly #key: string;
  readonly #client: LearnosityClient;
  readonly #transport = createTransport();
  readonly #onCall: (call: ForeignCall) => void;
  readonly #underWay = new Set<Promise<void>>();

  constructor(consumer: WorldConsumer, port: number, onCall: (call: ForeignCall) => void) {
    const { key, secret, domain } = consumer;
    this.#key = key;
    this.#onCall = onCall;
    this.#client = createLearnosityClient({
      account: { key, secret, domain, baseUrl: `http://127.0.0.1:${port}`, ltsVersion: defaultLtsVersion },
      transport: this.#transport,
      signer: builtInSigner,
    });
  }

  /** Makes a call, and does not wait for its answer. */
  call(endpoint: Kind): void {
    const calling = this.#call(endpoint).finally(() => this.#underWay.delete(calling));
    this.#underWay.add(calling);
  }

  /** Waits for what is under way, and lets go. */
  async stop(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#transport.stop();
  }

  async #call(endpoint: Kind): Promise<void> {
    const sentAt = Date.now();
    const wasRefused = await this.#wasRefused(endpoint);
    this.#onCall({ consumerKey: this.#key, endpoint, sentAt, answeredAt: Date.now(), wasRefused });
  }

  async #wasRefused(endpoint: Kind): Promise<boolean> {
    const item = `${badPrefix[endpoint]}abcd`;
    try {
      if (endpoint === 'deletion') await this.#client.deleteSessions([item]);
      else await this.#client.submitFailedSubmissions([item], { ignoreResponseRevisions: false });
    } catch (error) {
      if (error instanceof LearnosityError) return error.decision === 'quota';
    }
    return false;
  }
}
