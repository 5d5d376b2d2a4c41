import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, type RefusalCode, unknownRequest } from '../requests/refusal.ts';
import {
  finalStates,
  type ItemList,
  type ItemReport,
  type ItemsPage,
  type RequestFilter,
  type RequestsPage,
  type RequestView,
} from '../requests/request.ts';

export interface LookOptions {
  /** Ends the look and its repeats; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

export interface WatchOptions {
  /** Ends the watching; its reason is thrown. */
  signal?: AbortSignal | undefined;
  /** How often the request is looked at (1,000 ms). */
  pollMs?: number | undefined;
  /** How long no look may succeed before its refusal is thrown (300,000 ms): a restart of Redis or the producer is waited out. */
  outageMs?: number | undefined;
}

export interface WaitOptions extends WatchOptions {
  /** Told of the request as it is found, and of every change. */
  onProgress?: ((request: RequestView) => void) | undefined;
}

/** Refusals that pass by themselves, while the request goes on all the same. */
const passing: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['unavailable', 'memory_short', 'busy', 'rate_limited']);

/** What both ways to Session Queue add to looking once: to watch a request, to wait for its end, and to read all pages. */
export abstract class RequestReader {
  abstract getRequest(id: string, options?: LookOptions): Promise<RequestView | undefined>;
  abstract listRequests(filter?: RequestFilter, page?: { next?: string; limit?: number }): Promise<RequestsPage>;
  abstract listItems(id: string, state: ItemList, page?: { next?: string; limit?: number }): Promise<ItemsPage>;

  /**
   * The request once it has ended as `completed`, `failed` or `cancelled`. One whose last items are parked ends only when a person has
   * decided about them: look at `counts.parked` in `onProgress`. Throws `Refusal` with `not_found`, or the signal's reason.
   */
  async waitUntilFinished(id: string, { onProgress, ...options }: WaitOptions = {}): Promise<RequestView> {
    let last: RequestView | undefined;
    for await (const request of this.watchRequest(id, options)) {
      onProgress?.(request);
      last = request;
    }
    if (last === undefined) throw new Refusal('not_found', unknownRequest);
    return last;
  }

  /** The request as it is found, then after every change, up to its end. Throws as `waitUntilFinished` does. */
  async *watchRequest(id: string, options: WatchOptions = {}): AsyncGenerator<RequestView, void, undefined> {
    const { signal, pollMs = 1_000, outageMs = 300_000 } = options;
    let shown = '';
    let answeredAt = performance.now();
    for (;;) {
      const request = await this.#look(id, signal, () => performance.now() - answeredAt < outageMs);
      if (request !== 'away') {
        answeredAt = performance.now();
        const text = JSON.stringify(request);
        if (text !== shown) yield request;
        shown = text;
        if (finalStates.has(request.state)) return;
      }
      await sleep(pollMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }

  /** All requests, the newest first, a page at a time. */
  async *allRequests(filter: RequestFilter = {}): AsyncGenerator<RequestView, void, undefined> {
    for (let next: string | undefined; ; ) {
      const page = await this.listRequests(filter, { limit: 200, ...(next !== undefined && { next }) });
      yield* page.requests;
      if (page.next === undefined) return;
      next = page.next;
    }
  }

  /** All failed or parked items of a request, a page at a time. */
  async *allItems(id: string, state: ItemList): AsyncGenerator<ItemReport, void, undefined> {
    for (let next: string | undefined; ; ) {
      const page = await this.listItems(id, state, { limit: 1_000, ...(next !== undefined && { next }) });
      yield* page.items;
      if (page.next === undefined) return;
      next = page.next;
    }
  }

  async #look(id: string, signal: AbortSignal | undefined, mayBeAway: () => boolean): Promise<RequestView | 'away'> {
    try {
      const request = await orAborted(this.getRequest(id, { signal }), signal);
      if (request === undefined) throw new Refusal('not_found', unknownRequest);
      return request;
    } catch (error) {
      if (error instanceof Refusal && passing.has(error.code) && mayBeAway()) return 'away';
      throw error;
    }
  }
}

/** What comes first: the value, or the signal's reason. */
async function orAborted<T>(value: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await value;
  // Nobody waits for it once the signal has come; its failure must not end the process.
  value.catch(() => undefined);
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([value, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
