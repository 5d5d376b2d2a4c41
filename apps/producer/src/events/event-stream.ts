import type { Response } from 'express';

/** What may wait for a client that reads more slowly than things change. */
const maxHeldBytes = 64 * 1024;
/** How long a client waits before it connects again, in ms. */
const retryMs = 2_000;

/** Server-sent events on one response. A client that does not read is cut, and nothing more is held for it. */
export class EventStream {
  readonly #response: Response;
  readonly #beat: NodeJS.Timeout;
  #sent = 0;

  constructor(response: Response, beatMs: number) {
    this.#response = response;
    response.status(200).set({
      'Content-Type': 'text/event-stream',
      // Proxies (nginx) would keep events until a buffer is full.
      'X-Accel-Buffering': 'no',
    });
    this.#write(`retry: ${retryMs}\n\n`);
    // Whatever stands in between cuts connections on which nothing moves.
    this.#beat = setInterval(() => this.comment('still here'), beatMs);
    response.once('close', () => clearInterval(this.#beat));
  }

  /** Data is one line: JSON. */
  send(event: string, data: string): void {
    this.#sent += 1;
    this.#write(`event: ${event}\nid: ${this.#sent}\ndata: ${data}\n\n`);
  }

  /** A line that clients pass over. */
  comment(text: string): void {
    this.#write(`: ${text}\n\n`);
  }

  end(): void {
    clearInterval(this.#beat);
    this.#response.end();
  }

  #write(text: string): void {
    if (!this.#response.writable) return;
    this.#response.write(text);
    if (this.#response.writableLength > maxHeldBytes) this.#response.destroy();
  }
}
