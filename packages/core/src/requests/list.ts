import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { Refusal } from './refusal.ts';
import { deadlineStateOf, type RequestFilter, type RequestsPage, type RequestView } from './request.ts';
import { readRequest } from './view.ts';

/** Most records that one page is looked for in: a rare state among many requests takes several pages, of which some are empty. */
const mostLookedAt = 2_000;
const readAtOnce = 100;

/** Where a request stands in the list: by its creation, the newest first; of one moment by consumer, then by id. */
interface Place {
  ms: number;
  consumer: string;
  id: string;
}

/** A page of the requests of some consumers, the newest first. `next` is where the page before ended. */
export async function listRequests(
  consumers: readonly ConsumerKeys[],
  filter: RequestFilter,
  page: { limit: number; next?: string | undefined },
): Promise<RequestsPage> {
  const after = page.next === undefined ? undefined : parsePlace(page.next);
  const lists = consumers.map((keys) => new PlacesOf(keys, spanOf(filter, after), after));
  const keysOf = new Map(consumers.map((keys) => [keys.consumer, keys]));
  const requests: RequestView[] = [];
  // More each time: where few fit, a small page would else take hundreds of rounds.
  let atOnce = Math.min(readAtOnce, page.limit);
  for (let lookedAt = 0; lookedAt < mostLookedAt; ) {
    const places = await newest(lists, atOnce);
    atOnce = Math.min(readAtOnce, 2 * atOnce);
    const views = await Promise.all(places.map((place) => viewAt(keysOf, place)));
    for (const [index, view] of views.entries()) {
      lookedAt += 1;
      if (view !== undefined && fits(view, filter)) requests.push(view);
      const place = places[index];
      if (place !== undefined && requests.length === page.limit) return { requests, next: formatPlace(place) };
    }
    const last = places.at(-1);
    if (last === undefined) return { requests };
    if (lookedAt >= mostLookedAt) return { requests, next: formatPlace(last) };
  }
  return { requests };
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
 * The places of one consumer's requests, read a hundred at a time. It goes on behind the last one that was read, and not at an
 * offset: requests come in and age out meanwhile.
 */
class PlacesOf {
  readonly #keys: ConsumerKeys;
  readonly #from: string;
  #to: string;
  #last: Place | undefined;
  #read: Place[] = [];
  #isOver = false;

  constructor(keys: ConsumerKeys, span: { from: string; to: string }, after: Place | undefined) {
    this.#keys = keys;
    this.#from = span.from;
    this.#to = span.to;
    this.#last = after;
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
    const { redis, base, consumer } = this.#keys;
    const span = [this.#to, this.#from] as const;
    const flat = await redis.zrevrangebyscore(`${base}requests`, ...span, 'WITHSCORES', 'LIMIT', 0, most);
    const places: Place[] = [];
    for (let i = 0; i < flat.length; i += 2) places.push({ ms: Number(flat[i + 1]), consumer, id: flat[i] ?? '' });
    return places;
  }
}

/** A record that has aged out leaves the list. */
async function viewAt(
  keysOf: ReadonlyMap<string, ConsumerKeys>,
  { consumer, id }: Place,
): Promise<RequestView | undefined> {
  const keys = keysOf.get(consumer);
  if (keys === undefined) return undefined;
  const view = await readRequest(keys, id);
  if (view === undefined) await keys.redis.zrem(`${keys.base}requests`, id);
  return view;
}

function fits(view: RequestView, { kind, state, requestedBy, deadline }: RequestFilter): boolean {
  return (
    (kind === undefined || view.kind === kind) &&
    (state === undefined || view.state === state) &&
    (requestedBy === undefined || view.requestedBy === requestedBy) &&
    (deadline === undefined || deadlineStateOf(view) === deadline)
  );
}

function spanOf({ since, until }: RequestFilter, after: Place | undefined): { from: string; to: string } {
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
