/**
 * Arrivals, and how many of them lie in one window of `windowMs`. A window takes in its start but not its end: two arrivals
 * exactly `windowMs` apart are never in one. Arrivals may be added out of order, since a call arrives with its headers but
 * is judged when its body has come.
 */
export class SlidingWindow {
  readonly windowMs: number;
  /** The most arrivals that any window has held. */
  most = 0;
  #times: number[] = [];
  #first = 0;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  /** The most arrivals in any window around `at`, with one more at `at`. */
  crowdAt(at: number): number {
    const place = this.#after(at);
    let start = this.#after(at - this.windowMs);
    let crowd = place - start;
    let ahead = place;
    // Later arrivals matter only when this one comes out of order: slide over each window that holds it.
    while (ahead < this.#times.length) {
      const reach = this.#at(ahead) - this.windowMs;
      if (reach >= at) break;
      while (start < place && this.#at(start) <= reach) start += 1;
      ahead += 1;
      crowd = Math.max(crowd, ahead - start);
    }
    return crowd + 1;
  }

  /**
   * Adds an arrival. What lies a window before `horizon` is forgotten: no arrival before `horizon` may be added later.
   */
  add(at: number, horizon: number): void {
    this.most = Math.max(this.most, this.crowdAt(at));
    const place = this.#after(at);
    if (place === this.#times.length) this.#times.push(at);
    else this.#times.splice(place, 0, at);
    this.#forgetBefore(horizon - this.windowMs);
  }

  #forgetBefore(limit: number): void {
    while (this.#first < this.#times.length && this.#at(this.#first) <= limit) this.#first += 1;
    if (this.#first > 1024 && this.#first > this.#times.length / 2) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The index behind the last arrival that is not later than `time`. */
  #after(time: number): number {
    let low = this.#first;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(index: number): number {
    return this.#times[index] ?? Number.POSITIVE_INFINITY;
  }
}
