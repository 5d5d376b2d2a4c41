import { z } from 'zod';
import type { Ask } from './asks.ts';
import type { Heard, Sender } from './delivery.ts';

const acceptedSchema = z.object({ id: z.string(), counts: z.object({ total: z.int() }) });
const problemSchema = z.object({ type: z.string() });

/** A service that asks over HTTP, with an Idempotency-Key of its own for each request. */
export class HttpSender implements Sender {
  readonly #url: () => string;
  readonly #token: string;

  constructor(url: () => string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async send(ask: Ask, signal: AbortSignal): Promise<Heard> {
    const { kind, consumer, items, ignoring, name } = ask;
    const path = kind === 'deletion' ? '/v1/deletions' : '/v1/resubmissions';
    const body =
      kind === 'deletion'
        ? { consumer, sessionIds: items }
        : { consumer, submissions: items, ignoreResponseRevisions: ignoring };
    const response = await fetch(`${this.#url()}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'idempotency-key': name,
      },
      body: JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    if (response.status === 202) {
      const { id, counts } = acceptedSchema.parse(JSON.parse(text));
      return { is: 'promised', request: id, total: counts.total };
    }
    const why = `${response.status} ${problemSchema.safeParse(parseJson(text)).data?.type ?? ''}`;
    const isFinal = response.status < 500 && response.status !== 409 && response.status !== 429;
    return { is: isFinal ? 'refused' : 'again', why };
  }

  async close(): Promise<void> {}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
