import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { Refusal } from './refusal.ts';

/** What is listed: records of consumers, each with its moment of creation in a sorted set. */
export interface Listing<View> {
  /** The sorted set, behind the consumer's base. */
  set: 'requests' | 'selections';
  /** `undefined` when the record is gone. */
  read: (keys: ConsumerKeys, id: string) => Promise<View | undefined>;
  fits: (view: View) => boolean;
  /** Of a record that may be large, in bytes: a page ends once it has about 8 MB. */
  sizeOf?: (view: View) => number;
}

/** ISO 8601: the first moment of creation that counts, and the first that no longer does. */
export interface CreatedWithin {
  since?: string | undefined;
  until?: string | undefined;
}

export interface ListedPage<View> {
  found: View[];
  /** Given while there may be more, also by a page that found none yet. */
  next?: string;
}

/** Most records that one page is looked for in: a rare state among many requests takes several pages, of which some are empty. */
const mostLookedAt = 2_000;
const readAtOnce = 100;
/** The same of records that may be large. */
const largeAtOnce = 10;
/** Most bytes of what a page holds: one that is larger is a page alone. */
export const mostPageBytes = 8 * 1024 * 1024;

/** Where a record stands in the list: by its creation, the newest first; of one moment by consumer, then by id. */
interface Place {
  ms: number;
  consumer: string;
  id: string;
}

/** A page of the records of some consumers, the newest first. `next` is where the page before ended. */
export async function newestFirst<View>(
  consumers: readonly ConsumerKeys[],
  listing: Listing<View>,
  span: CreatedWithin,
  page: { limit: number; next?: string | undefined },
): Promise<ListedPage<View>> {
  const after = page.next === undefined ? undefined : parsePlace(page.next);
  const lists = consumers.map((keys) => new PlacesOf({ keys, set: listing.set, after, ...spanOf(span, after) }));
  const keysOf = new Map(consumers.map((keys) => [keys.consumer, keys]));
  const { sizeOf } = listing;
  const mostAtOnce = sizeOf === undefined ? readAtOnce : largeAtOnce;
  const found: View[] = [];
  let bytes = 0;
  // More each time: where few fit, a small page would else take hundreds of rounds.
  let atOnce = Math.min(mostAtOnce, page.limit);
  for (let lookedAt = 0; lookedAt < mostLookedAt; ) {
    const places = await newest(lists, atOnce);
    atOnce = Math.min(mostAtOnce, 2 * atOnce);
    const views = await Promise.all(places.map((place) => viewAt(keysOf, place, listing)));
    for (const [index, view] of views.entries()) {
      lookedAt += 1;
      if (view !== undefined && listing.fits(view)) {
        found.push(view);
        bytes += sizeOf?.(view) ?? 0;
      }
      const place = places[index];
      const isFull = found.length === page.limit || bytes > mostPageBytes;
      if (place !== undefined && isFull) return { found, next: formatPlace(place) };
    }
    const last = places.at(-1);
    if (last === undefined) return { found };
    if (lookedAt >= mostLookedAt) return { found, next: formatPlace(last) };
  }
  return { found };
}

/** The first places of all lists, taken from them. */
async function newest(lists: readonly PlacesOf[], most: number): Promise<Place[]> {
  const places: Place[] = [];
  await Promise.all(lists.map((list) => list.fill()));
  while (places.length < most) {
    let first: PlacesOf | undefined;
    for (const list of lists) {
      if (list.head !== undefined && (first?.head === undefined || compare(list.head, first.head) < 0)) first = list;
    }
    if (first?.head === undefined) break;
    places.push(first.head);
    first.shift();
    if (first.head === undefined) await first.fill();
  }
  return places;
}

/**
 * The places of one consumer's records, read a hundred at a time. It goes on behind the last one that was read, and not at an
 * offset: records come in and age out meanwhile.
 */
class PlacesOf {
  readonly #keys: ConsumerKeys;
  readonly #set: string;
  readonly #from: string;
  #to: string;
  #last: Place | undefined;
  #read: Place[] = [];
  #isOver = false;

  constructor(of: { keys: ConsumerKeys; set: string; from: string; to: string; after: Place | undefined }) {
    this.#keys = of.keys;
    this.#set = `${of.keys.base}${of.set}`;
    this.#from = of.from;
    this.#to = of.to;
    this.#last = of.after;
  }

  get head(): Place | undefined {
    return this.#read[0];
  }

  shift(): void {
    this.#read.shift();
  }

  /** Reads on when nothing is left of what was read. */
  async fill(): Promise<void> {
    // More each time: those of the moment of the last one come again, however many they are.
    for (let most = readAtOnce; this.#read.length === 0 && !this.#isOver; most *= 2) {
      const places = await this.#places(most);
      const last = this.#last;
      this.#read = last === undefined ? places : places.filter((place) => compare(place, last) > 0);
      this.#isOver = places.length < most;
    }
    const last = this.#read.at(-1);
    if (last === undefined) return;
    this.#last = last;
    this.#to = String(last.ms);
  }

  async #places(most: number): Promise<Place[]> {
    const { redis, consumer } = this.#keys;
    const span = [this.#to, this.#from] as const;
    const flat = await redis.zrevrangebyscore(this.#set, ...span, 'WITHSCORES', 'LIMIT', 0, most);
    const places: Place[] = [];
    for (let i = 0; i < flat.length; i += 2) places.push({ ms: Number(flat[i + 1]), consumer, id: flat[i] ?? '' });
    return places;
  }
}

/** A record that has aged out leaves the list. */
async function viewAt<View>(
  keysOf: ReadonlyMap<string, ConsumerKeys>,
  { consumer, id }: Place,
  { set, read }: Listing<View>,
): Promise<View | undefined> {
  const keys = keysOf.get(consumer);
  if (keys === undefined) return undefined;
  const view = await read(keys, id);
  if (view === undefined) await keys.redis.zrem(`${keys.base}${set}`, id);
  return view;
}

function spanOf({ since, until }: CreatedWithin, after: Place | undefined): { from: string; to: string } {
  const from = since === undefined ? '-inf' : String(Date.parse(since));
  const to = until === undefined ? '+inf' : `(${Date.parse(until)}`;
  // Ids of one moment are told apart by the place itself.
  return { from, to: after === undefined ? to : String(after.ms) };
}

function compare(a: Place, b: Place): number {
  if (a.ms !== b.ms) return b.ms - a.ms;
  if (a.consumer !== b.consumer) return a.consumer < b.consumer ? -1 : 1;
  // As Redis orders members of one score: by their bytes.
  return Buffer.compare(Buffer.from(b.id), Buffer.from(a.id));
}

const placeSchema = z.tuple([z.int().min(0), z.string(), z.string()]);

function formatPlace({ ms, consumer, id }: Place): string {
  return Buffer.from(JSON.stringify([ms, consumer, id])).toString('base64url');
}

function parsePlace(text: string): Place {
  try {
    const [ms, consumer, id] = placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { ms, consumer, id };
  } catch (cause) {
    throw new Refusal('invalid', 'is not from this list', { field: 'next', cause });
  }
}
