import { finalStates, type RequestView, type SessionQueue } from '@session-queue/core';
import { presentRequest } from '../requests/present.ts';
import { within } from '../server/deadline.ts';

/** Why nothing more will happen: it is finished, only a person can go on, or its record has aged out. */
export type End = 'finished' | 'parked' | 'aged-out';

/** What one look at a request showed. */
export type Reading =
  | { is: 'there'; request: string; end: End | undefined }
  | { is: 'gone' }
  /** Redis did not answer. */
  | { is: 'away' };

export interface WatchContext {
  queue: SessionQueue;
  /** How long a look waits for Redis. */
  silenceMs: number;
  /** How long from one look to the next. */
  everyMs: number;
}

/** Looks at one request again and again, for all who listen, while anybody does. */
export class RequestWatch {
  readonly #id: string;
  readonly #context: WatchContext;
  readonly #listeners = new Set<(reading: Reading) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, context: WatchContext) {
    this.#id = id;
    this.#context = context;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** Every listener hears every reading: what has changed for one may be old for another. */
  listen(listener: (reading: Reading) => void): void {
    if (!this.isHeard) this.#lookLater();
    this.#listeners.add(listener);
  }

  leave(listener: (reading: Reading) => void): void {
    this.#listeners.delete(listener);
    if (!this.isHeard) clearTimeout(this.#timer);
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => void this.#look(), this.#context.everyMs);
  }

  async #look(): Promise<void> {
    const reading = await this.#read();
    for (const listener of this.#listeners) listener(reading);
    if (this.isHeard) this.#lookLater();
  }

  async #read(): Promise<Reading> {
    const { queue, silenceMs } = this.#context;
    try {
      const view = await within(silenceMs, queue.getRequest(this.#id));
      return view === undefined ? { is: 'gone' } : readingOf(view);
    } catch {
      return { is: 'away' };
    }
  }
}

/** What a request looks like to those who watch it. */
export function readingOf(view: RequestView): Extract<Reading, { is: 'there' }> {
  return { is: 'there', request: JSON.stringify(presentRequest(view)), end: endOf(view) };
}

function endOf({ state, counts }: RequestView): End | undefined {
  if (finalStates.has(state)) return 'finished';
  const { pending, claimed, submitted, parked } = counts;
  return parked > 0 && pending + claimed + submitted === 0 ? 'parked' : undefined;
}
