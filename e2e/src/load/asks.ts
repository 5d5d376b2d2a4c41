import type { Kind } from '@session-queue/core';
import { Random } from '../random.ts';

/** The ways in: HTTP with an Idempotency-Key, the library, and a plain BullMQ job. */
export const ways = ['http', 'library', 'plain'] as const;
export type AskWay = (typeof ways)[number];

/** One request as a service asks for it. */
export interface Ask {
  /** `<kind>-<consumer>-<number>`: its Idempotency-Key, or its own id on the other ways. */
  name: string;
  way: AskWay;
  kind: Kind;
  consumer: string;
  ignoring: boolean;
  /** May hold an item twice. */
  items: readonly string[];
  /** Of these Learnosity says that they are bad: they are to fail, alone. */
  bad: ReadonlySet<string>;
}

export interface LoadOptions {
  /** The sizes of requests, and how often each comes. */
  sizes: readonly { least: number; most: number; weight: number }[];
  /** Which kinds are asked for. */
  kinds: readonly Kind[];
  ways: readonly AskWay[];
  /** The share of resubmissions that ignore response revisions. */
  ignoring: number;
  /** The share of requests that hold an item which Learnosity calls bad, without saying which: each costs some ten calls. */
  bad: number;
  /** How many windows' worth of items wait in a lane at most, beside the last request. */
  backlogWindows: Record<Kind, number>;
}

export const defaultLoad: LoadOptions = {
  sizes: [
    { least: 1, most: 1, weight: 40 },
    { least: 2, most: 60, weight: 40 },
    { least: 500, most: 500, weight: 15 },
    { least: 1_500, most: 1_500, weight: 5 },
  ],
  kinds: ['deletion', 'resubmission'],
  ways,
  ignoring: 0.4,
  bad: 0,
  backlogWindows: { deletion: 3, resubmission: 1 },
};

/** Stands in every item, as it is sent, and nowhere else: where it is found in a log, an item was logged. */
export const itemMarkers = {
  /** In UUIDs, and in ids that are none. */
  id: 'fa1757ed',
  /** In the text of a submission; whole groups of three letters, so that its base64 begins every submission. */
  submission: 'planted-answer:',
  submissionBase64: Buffer.from('planted-answer:').toString('base64'),
} as const;

/** What a bad item begins with, as the stand-in sees it. */
export const badPrefix: Record<Kind, string> = {
  deletion: `${itemMarkers.id}-bad-`,
  resubmission: Buffer.from(`${itemMarkers.submission}bad`).toString('base64'),
};

const duplicateShare = 0.1;
const textIdShare = 0.2;

/** A lane's requests, one after the other: the n-th depends on seed, lane and n only. */
export class Asks {
  readonly #random: Random;
  readonly #kind: Kind;
  readonly #consumer: string;
  readonly #options: LoadOptions;
  #made = 0;

  constructor(seed: string, kind: Kind, consumer: string, options: LoadOptions) {
    this.#random = new Random(`${seed}/${kind}/${consumer}`);
    this.#kind = kind;
    this.#consumer = consumer;
    this.#options = options;
  }

  /** The next request, of the load's mixture but for what is wished. */
  next(wish: { least?: number; most?: number; way?: AskWay; bad?: boolean }): Ask {
    this.#made += 1;
    const random = this.#random.fork(`${this.#made}`);
    const { least, most, way } = { ...this.#size(random), way: random.pick(this.#options.ways), ...wish };
    const kind = this.#kind;
    const count = random.between(least, most);
    const areTexts = random.chance(textIdShare);
    const items = Array.from({ length: count }, (_, i) => this.#item(random, areTexts, i));
    const bad = new Set<string>();
    if (random.chance(this.#options.bad) || wish.bad) {
      const item = this.#badItem();
      bad.add(item);
      items.splice(random.between(0, items.length), 0, item);
    }
    if (random.chance(duplicateShare)) items.push(random.pick(items));
    return {
      name: `${kind}-${this.#consumer}-${this.#made}`,
      way,
      kind,
      consumer: this.#consumer,
      ignoring: kind === 'resubmission' && random.chance(this.#options.ignoring),
      items,
      bad,
    };
  }

  #size(random: Random): { least: number; most: number } {
    const { sizes } = this.#options;
    let at = random.fraction() * sizes.reduce((sum, { weight }) => sum + weight, 0);
    const found = sizes.find(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    return found ?? { least: 1, most: 1 };
  }

  #item(random: Random, isText: boolean, i: number): string {
    const own = `${this.#consumer}/${this.#made}/${i}`;
    if (this.#kind === 'resubmission') return base64(`${itemMarkers.submission}${own}/${random.uuid()}`);
    return isText ? `${itemMarkers.id}/${own}` : `${itemMarkers.id}${random.uuid().slice(8)}`;
  }

  #badItem(): string {
    const own = `${this.#consumer}/${this.#made}`;
    return this.#kind === 'deletion' ? `${badPrefix.deletion}${own}` : base64(`${itemMarkers.submission}bad${own}`);
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
