import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from '@session-queue/core';
import type { Books } from '@session-queue/fake-learnosity';
import type { WorldConsumer } from '../world/consumers.ts';
import { type Ask, Asks, type AskWay, defaultLoad, type LoadOptions } from './asks.ts';
import type { Delivery, Sender } from './delivery.ts';
import { HttpSender } from './http-sender.ts';
import { LibrarySender } from './library-sender.ts';
import { PlainSender } from './plain-sender.ts';

export interface LoadParts {
  seed: string;
  consumers: readonly WorldConsumer[];
  quotas: Record<Kind, { calls: number }>;
  options: Partial<LoadOptions>;
  /** Of the producer that is to be asked next. */
  producerUrl: () => string;
  token: string;
  serviceRedisUrl: string;
  sessionIndex: boolean;
  books: () => Promise<Books>;
}

const itemsPerCall = 50;
const lookEveryMs = 250;
/** Each lane is asked for something this often, however much waits there: a fault always has somebody to hit. */
const atLeastEveryMs = 1_500;
const mostUnderWay = 24;
const stuckAfterMs = 3_000;
/** Of what is asked for only to have something on its way. */
const smallSize = { least: 1, most: 60 };
const tryMs = 15_000;
const betweenTriesMs = 400;
/** How long services go on repeating what was not answered, once nothing new is asked for. */
export const patienceMs = 60_000;

interface LoadLane {
  kind: Kind;
  consumer: string;
  key: string;
  asks: Asks;
  /** Items asked for, whatever became of them. */
  given: number;
  lastAt: number;
  /** What is being asked for: items, and since when. */
  readonly asking: Set<{ items: number; since: number }>;
}

/**
 * Services that keep every lane busy: each lane is fed from its own seeded sequence whenever little waits there. Nobody is told
 * to hurry: a call that is not answered is repeated as it was, until it hears yes or a final no.
 */
export class Load {
  readonly deliveries: Delivery[] = [];
  readonly #lanes: LoadLane[];
  readonly #senders: Record<AskWay, Sender>;
  readonly #options: LoadOptions;
  readonly #parts: LoadParts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  #feeding: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    // Every try listens.
    setMaxListeners(0, this.#giveUp.signal);
    this.#options = { ...defaultLoad, ...parts.options };
    this.#lanes = this.#options.kinds.flatMap((kind) =>
      parts.consumers.map(({ name, key }) => ({
        kind,
        consumer: name,
        key,
        asks: new Asks(parts.seed, kind, name, this.#options),
        given: 0,
        lastAt: 0,
        asking: new Set(),
      })),
    );
    this.#senders = {
      http: new HttpSender(parts.producerUrl, parts.token),
      library: new LibrarySender(parts.serviceRedisUrl, { sessionIndex: parts.sessionIndex }),
      plain: new PlainSender(parts.serviceRedisUrl),
    };
  }

  /** Begins to ask, and goes on until `stop`. */
  start(): void {
    this.#feeding ??= this.#feed();
  }

  /** Asks for nothing new, and waits until every service knows what became of its requests, or has lost patience. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#feeding;
    const impatience = setTimeout(() => this.#giveUp.abort(), patienceMs);
    await Promise.all(this.#underWay);
    clearTimeout(impatience);
  }

  /** Lets go of everything at once. Safe twice. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#giveUp.abort();
    await this.#feeding;
    await Promise.all(this.#underWay);
    await Promise.all(Object.values(this.#senders).map((sender) => sender.close()));
  }

  /**
   * Asks for one thing of a scenario's own; resolves with what the service was told. After so many tries it gives up; without
   * end when absent.
   */
  async ask(ask: Ask, tries = Number.POSITIVE_INFINITY): Promise<Delivery> {
    const delivery: Delivery = { ask, outcome: 'unknown', request: undefined, total: undefined, heard: [] };
    // On these ways the service has named the request itself.
    if (ask.way !== 'http') delivery.request = ask.name;
    this.deliveries.push(delivery);
    const { signal } = this.#giveUp;
    for (let tried = 0; tried < tries && !signal.aborted; tried += 1) {
      const oneTry = AbortSignal.any([signal, AbortSignal.timeout(tryMs)]);
      try {
        const heard = await this.#senders[ask.way].send(ask, oneTry);
        delivery.heard.push(heard.is === 'promised' ? heard.is : heard.why);
        if (heard.is === 'promised') {
          delivery.request = heard.request;
          delivery.total = heard.total;
        }
        if (heard.is !== 'again') {
          delivery.outcome = heard.is;
          break;
        }
      } catch (error) {
        delivery.heard.push(error instanceof Error ? error.name : String(error));
      }
      await sleep(betweenTriesMs, undefined, { signal }).catch(() => undefined);
    }
    return delivery;
  }

  /**
   * Asks for one more deletion, on a way and of a size of the scenario's choice, with a bad item or not; it goes on in the
   * background.
   */
  askFor(way: AskWay, items: number, bad = false): void {
    const [lane] = this.#lanes;
    if (lane !== undefined) this.#begin(lane, lane.asks.next({ least: items, most: items, way, bad }));
  }

  /** Redis has forgotten it: nobody will do it, so that its lane has room for others. */
  forget({ ask: { kind, consumer, items } }: Delivery): void {
    const lane = this.#lanes.find((one) => one.kind === kind && one.consumer === consumer);
    if (lane !== undefined) lane.given -= items.length;
  }

  async #feed(): Promise<void> {
    while (!this.#isStopped) {
      const books = await this.#parts.books().catch(() => undefined);
      for (const lane of this.#lanes) this.#feedLane(lane, books);
      await sleep(lookEveryMs);
    }
  }

  #feedLane(lane: LoadLane, books: Books | undefined): void {
    if (this.#underWay.size >= mostUnderWay || this.#isStopped) return;
    const done = books?.consumers[lane.key]?.[lane.kind]?.items ?? Number.NEGATIVE_INFINITY;
    const enough = this.#options.backlogWindows[lane.kind] * this.#parts.quotas[lane.kind].calls * itemsPerCall;
    const hasRoom = lane.given - stuckIn(lane) - done < enough;
    if (!hasRoom && Date.now() - lane.lastAt < atLeastEveryMs) return;
    this.#begin(lane, lane.asks.next(hasRoom ? {} : smallSize));
  }

  #begin(lane: LoadLane, ask: Ask): void {
    lane.given += ask.items.length;
    lane.lastAt = Date.now();
    const one = { items: ask.items.length, since: lane.lastAt };
    lane.asking.add(one);
    const asking = this.ask(ask).then(() => {
      lane.asking.delete(one);
      this.#underWay.delete(asking);
    });
    this.#underWay.add(asking);
  }
}

/** Items of services that were refused for now, and try again: others do not wait for them. */
function stuckIn({ asking }: LoadLane): number {
  const before = Date.now() - stuckAfterMs;
  let items = 0;
  for (const one of asking) if (one.since < before) items += one.items;
  return items;
}
