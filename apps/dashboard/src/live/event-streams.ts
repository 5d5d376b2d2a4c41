import type { Request, Response } from 'express';
import type { Access } from '../accounts/access.ts';
import { Refused } from '../http/refused.ts';
import { EventStream, type StreamSource } from './event-stream.ts';

/** Pages that are kept up to date at a time, by one process. */
const mostStreams = 200;

/** The streams that are open. `stop` ends them all, is safe twice, and lets no other one in. */
export class EventStreams {
  readonly #most: number;
  readonly #open = new Set<{ end(): void }>();
  #isStopped = false;

  constructor({ most = mostStreams } = {}) {
    this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Keeps a page up to date; refuses beyond the limit, and the page then asks for itself again now and then. */
  open<T>(request: Request, response: Response, access: Access, source: StreamSource<T>): void {
    if (this.#isStopped || this.#open.size >= this.#most) {
      response.set('Retry-After', '10');
      throw new Refused(503, 'Too many pages are kept up to date. This one asks again now and then.');
    }
    const stream = new EventStream(request, response, access, source);
    this.#open.add(stream);
    response.once('close', () => this.#open.delete(stream));
  }

  stop(): void {
    this.#isStopped = true;
    for (const stream of this.#open) stream.end();
    this.#open.clear();
  }
}
