import { KnownItems } from '../requests/known-items.ts';

const perPage = 16_384;

/** Where in a selection each of its sessions stands: knows millions as `KnownItems` does, in 18 bytes each. */
export class SessionPlaces {
  readonly #known = new KnownItems('deletion');
  /** By the number of an id its place, counted from 1; 0 of one that stands nowhere. */
  readonly #places: Uint32Array[] = [];
  #count = 0;

  /** Puts it behind the others; answers whether it is new. */
  add(sessionId: string): boolean {
    return this.#put(this.#known.enter(sessionId));
  }

  /** The same by its packed id. */
  addPacked(packed: Buffer): boolean {
    return this.#put(this.#known.enterPacked(packed));
  }

  #put(number: number): boolean {
    if (number < 0) return false;
    this.#count += 1;
    this.#pageOf(number)[number % perPage] = this.#count;
    return true;
  }

  /** Its place, counted from 0; `undefined` of one that was not added. */
  of(sessionId: string): number | undefined {
    const number = this.#known.enter(sessionId);
    // What is new by this has a number from now on, and no place.
    const place = number < 0 ? (this.#pageOf(~number)[~number % perPage] ?? 0) : 0;
    return place === 0 ? undefined : place - 1;
  }

  #pageOf(number: number): Uint32Array {
    const index = Math.floor(number / perPage);
    const page = this.#places[index] ?? new Uint32Array(perPage);
    this.#places[index] = page;
    return page;
  }
}
