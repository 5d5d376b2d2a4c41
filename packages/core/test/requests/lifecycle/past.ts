import { placesOf } from './laws.ts';
import type { Places } from './places.ts';

/** What was seen of a lane before, and what of that must not change. */
export class Past {
  readonly #members = new Map<string, string>();
  readonly #ended = new Map<string, Set<string>>();

  /** How many batches there have been. */
  get batches(): number {
    return this.#members.size;
  }

  /** Compares with what was, and remembers what is. `asked` are the items of each request, in order. */
  check(now: Places, asked: ReadonlyMap<string, readonly string[]>): void {
    for (const { id, members } of now.batches) {
      const known = this.#members.get(id);
      const seen = JSON.stringify(members);
      // Invariant 4.
      if (known !== undefined && known !== seen) throw new Error(`the members of batch ${id} have changed`);
      this.#members.set(id, seen);
    }
    for (const request of now.requests) {
      const found = placesOf(now, request);
      const ended = new Set(asked.get(request.id)?.filter((item) => !found.has(item)));
      for (const item of this.#ended.get(request.id) ?? []) {
        if (!ended.has(item)) throw new Error(`${request.id}: ${item} was settled and is in ${found.get(item)?.[0]}`);
      }
      this.#ended.set(request.id, ended);
    }
  }
}
