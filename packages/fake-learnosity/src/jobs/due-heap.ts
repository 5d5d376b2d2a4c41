/** A binary heap of what is due: the earliest comes out first. */
export class DueHeap<T> {
  readonly #dueAt: (entry: T) => number;
  readonly #entries: T[] = [];

  constructor(dueAt: (entry: T) => number) {
    this.#dueAt = dueAt;
  }

  push(entry: T): void {
    let place = this.#entries.length;
    this.#entries.push(entry);
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      if (this.#due(parent) <= this.#due(place)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  /** Takes out the earliest entry that is due by `now`. */
  takeDue(now: number): T | undefined {
    if (this.#due(0) > now) return undefined;
    this.#swap(0, this.#entries.length - 1);
    const earliest = this.#entries.pop();
    let place = 0;
    for (;;) {
      const left = place * 2 + 1;
      const child = this.#due(left + 1) < this.#due(left) ? left + 1 : left;
      if (this.#due(child) >= this.#due(place)) return earliest;
      this.#swap(place, child);
      place = child;
    }
  }

  #due(place: number): number {
    const entry = this.#entries[place];
    return entry === undefined ? Number.POSITIVE_INFINITY : this.#dueAt(entry);
  }

  #swap(one: number, other: number): void {
    const a = this.#entries[one];
    const b = this.#entries[other];
    if (a === undefined || b === undefined) return;
    this.#entries[one] = b;
    this.#entries[other] = a;
  }
}
