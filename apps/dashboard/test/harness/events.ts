import type { Visitor } from './visitor.ts';

interface PageEvent {
  name: string;
  data: Record<string, string>;
}

/** A page's stream of server-sent events, read one by one. */
export class PageEvents {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = '';

  private constructor(response: Response, body: ReadableStream<Uint8Array>) {
    this.response = response;
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(who: Visitor, path: string): Promise<PageEvents> {
    const response = await who.call('GET', path, { headers: { accept: 'text/event-stream' } });
    if (!response.ok || response.body === null)
      throw new Error(`no events: ${response.status} ${await response.text()}`);
    return new PageEvents(response, response.body);
  }

  /** The next event; `undefined` at the end. */
  async next(): Promise<PageEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const name = /^event: (.*)$/m.exec(block)?.[1];
        if (name !== undefined)
          return { name, data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as PageEvent['data'] };
      } else {
        const { done, value } = await this.#reader.read();
        if (done) return undefined;
        this.#text += value;
      }
    }
  }

  /** The first event that is as wanted; the stream must not end before. */
  async until(wanted: (event: PageEvent) => boolean): Promise<PageEvent> {
    for (;;) {
      const event = await this.next();
      if (event === undefined) throw new Error('the stream ended');
      if (wanted(event)) return event;
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}
