import type { Request, Response } from 'express';
import type { Access } from '../accounts/access.ts';
import type { Account } from '../accounts/account.ts';
import type { LiveReading, ReadingListener } from './live-reading.ts';

/** What a page shows of a reading: pieces of HTML by the id of the element that holds them. */
export interface PageParts {
  parts: ReadonlyMap<string, string>;
  /** Nothing will change any more: the stream ends, and is not to be opened again. */
  isOver?: boolean;
}

export interface StreamSource<T> {
  reading: LiveReading<T>;
  render(reading: T, account: Account): PageParts;
}

/** A comment is sent so often, so that proxies and the server see life, in ms; whether somebody is still signed in is asked then too. */
export const heartbeatMs = 15_000;
/** A browser that has not taken so many bytes has gone, or sleeps; it comes again when it wakes. */
const mostUnreadBytes = 1024 * 1024;
/** A browser opens a stream that broke again after this, in ms. */
const comeAgainMs = 2_000;

/**
 * Server-sent events of one page: `parts` with what has changed since the last one, `fault` while there is no reading, and `over`. Ends when
 * whoever looks is signed out: that is asked before each event.
 */
export class EventStream<T> implements ReadingListener<T> {
  readonly #request: Request;
  readonly #response: Response;
  readonly #access: Access;
  readonly #source: StreamSource<T>;
  readonly #sent = new Map<string, string>();
  readonly #unsubscribe: () => void;
  readonly #heart: NodeJS.Timeout;
  #isBusy = false;

  constructor(request: Request, response: Response, access: Access, source: StreamSource<T>) {
    this.#request = request;
    this.#response = response;
    this.#access = access;
    this.#source = source;
    response.set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    this.#write(`retry: ${comeAgainMs}\n\n`);
    this.#heart = setInterval(() => void this.#beat(), heartbeatMs);
    this.#unsubscribe = source.reading.subscribe(this);
    response.once('close', () => this.end());
  }

  told(reading: T): void {
    void this.#ifSignedIn((account) => {
      const { parts, isOver = false } = this.#source.render(reading, account);
      const changed = [...parts].filter(([id, html]) => this.#sent.get(id) !== html);
      for (const [id, html] of changed) this.#sent.set(id, html);
      // Also when nothing has changed: the page knows by it that what it shows is true.
      this.#event('parts', Object.fromEntries(changed));
      if (!isOver) return;
      this.#event('over', {});
      this.end();
    });
  }

  /** Of what went wrong only that it did: nobody is asked who looks, since that needs Redis as well. */
  failed(): void {
    this.#event('fault', { message: 'Redis does not answer. Nothing is lost; this page goes on by itself.' });
  }

  end(): void {
    clearInterval(this.#heart);
    this.#unsubscribe();
    if (!this.#response.writableEnded) this.#response.end();
  }

  async #beat(): Promise<void> {
    await this.#ifSignedIn(() => this.#write(': here\n\n'));
  }

  /** A reading that comes while the one before is still looked into is left out: the next one says it all. */
  async #ifSignedIn(act: (account: Account) => void): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      const account = await this.#access(this.#request);
      if (account === undefined) this.end();
      else act(account);
    } catch {
      this.failed();
    } finally {
      this.#isBusy = false;
    }
  }

  #event(name: string, data: unknown): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    this.#response.write(text);
    if (this.#response.writableLength > mostUnreadBytes) this.#response.destroy();
  }
}
