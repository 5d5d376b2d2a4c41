/** A place between two sessions of the order: behind the session with this time and number. */
export interface OrderPlace {
  readonly updatedAt: number;
  readonly ordinal: number;
}

/** Sessions by the time of their last update, then by number: sorted once, so that a page costs what is read for it. */
export class SessionOrder {
  readonly #numbers: Uint32Array;
  readonly #updatedAt: Float64Array;

  /** `updatedAt[i]` is that of `numbers[i]`. */
  constructor(numbers: Uint32Array, updatedAt: Float64Array) {
    const time = (place: number) => updatedAt[place] ?? 0;
    const number = (place: number) => numbers[place] ?? 0;
    const places = Uint32Array.from(numbers, (_, place) => place);
    places.sort((a, b) => time(a) - time(b) || number(a) - number(b));
    this.#numbers = places.map(number);
    this.#updatedAt = Float64Array.from(places, time);
  }

  /** The numbers behind `after` (all without one), ascending or descending. */
  *walk(direction: 1 | -1, after: OrderPlace | undefined): Generator<number> {
    let place = this.#start(direction, after);
    for (; place >= 0 && place < this.#numbers.length; place += direction) yield this.#numbers[place] ?? 0;
  }

  #start(direction: 1 | -1, after: OrderPlace | undefined): number {
    if (after === undefined) return direction === 1 ? 0 : this.#numbers.length - 1;
    // The first place that is not before `after`; the session itself may be there.
    let low = 0;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, after) < 0) low = middle + 1;
      else high = middle;
    }
    if (direction === -1) return low - 1;
    return low < this.#numbers.length && this.#compare(low, after) === 0 ? low + 1 : low;
  }

  #compare(place: number, other: OrderPlace): number {
    return (this.#updatedAt[place] ?? 0) - other.updatedAt || (this.#numbers[place] ?? 0) - other.ordinal;
  }
}
