const headEnd = Buffer.from('\r\n\r\n');

/** Cuts what an HTTP/1.1 client sends into whole requests with a Content-Length. */
export class HttpRequestFramer {
  #rest: Buffer = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<HttpRequest> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const head = this.#rest.indexOf(headEnd);
      if (head < 0) return;
      const text = this.#rest.toString('latin1', 0, head);
      const begin = head + headEnd.length;
      const end = begin + contentLength(text);
      if (this.#rest.length < end) return;
      yield {
        path: text.split(' ', 2)[1] ?? '',
        body: this.#rest.subarray(begin, end),
        bytes: this.#rest.subarray(0, end),
      };
      this.#rest = this.#rest.subarray(end);
    }
  }
}

export interface HttpRequest {
  path: string;
  body: Buffer;
  /** All of it, as it was sent. */
  bytes: Buffer;
}

/** The body of an answer once it is whole; `undefined` while it is not, or when it does not say its length. */
export function wholeBody(answer: Buffer): Buffer | undefined {
  const head = answer.indexOf(headEnd);
  if (head < 0) return undefined;
  const text = answer.toString('latin1', 0, head);
  if (!/\r\ncontent-length:/i.test(text)) return undefined;
  const begin = head + headEnd.length;
  const end = begin + contentLength(text);
  return answer.length < end ? undefined : answer.subarray(begin, end);
}

function contentLength(head: string): number {
  return Number(/\r\ncontent-length:\s*(\d+)/i.exec(head)?.[1] ?? 0);
}
