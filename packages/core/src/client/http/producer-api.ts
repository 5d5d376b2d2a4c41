import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal, type RefusalCode } from '../../requests/refusal.ts';
import { answerLines } from './answer-lines.ts';
import { refusalOf } from './problem-refusal.ts';
import { Stillness } from './stillness.ts';

/** The first wait before the same call again, where the producer names none; each further one is twice as long. */
const firstPauseMs = 1_000;
const longestPauseMs = 15_000;

/** Refusals after which the same call may do better. */
const passing: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'unavailable',
  'in_progress',
  'memory_short',
  'busy',
  'rate_limited',
]);

/** A call that failed and is made again after a wait. */
export interface Setback {
  refusal: Refusal;
  waitMs: number;
}

export interface ProducerApiOptions {
  /** Address of the producer; a path in front of /v1 is kept. */
  url: URL;
  token?: string | undefined;
  fetch: typeof fetch;
  timeoutMs: number;
  patienceMs: number;
  onSetback: (setback: Setback) => void;
  pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** A body, made anew for every attempt. `moved` is called whenever some of it was taken. */
export type MakeBody = (moved: () => void) => ReadableStream<Uint8Array> | string;

export interface CallOptions {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: URLSearchParams | undefined;
  body?: { type: string; make: MakeBody; fault?: () => unknown } | undefined;
  idempotencyKey?: string | undefined;
  /** Whether the call may be made again, when nobody knows what became of it. */
  mayRepeat: () => boolean;
  signal?: AbortSignal | undefined;
}

export interface Call<T> extends CallOptions {
  schema: z.ZodType<T>;
}

export interface Answer<T> {
  value: T;
  /** The answer of an earlier call with the same Idempotency-Key. */
  replayed: boolean;
}

/** Calls of the producer's HTTP API, made again while it is away where that is safe. Throws `Refusal`. */
export class ProducerApi {
  readonly #options: ProducerApiOptions;

  constructor(options: ProducerApiOptions) {
    this.#options = options;
  }

  async call<T>(call: Call<T>): Promise<Answer<T>> {
    return await this.#patiently(call, () => this.#attempt(call));
  }

  /** The lines of an answer in NDJSON. Once it has begun it is not asked for again. */
  async *lines(call: CallOptions): AsyncGenerator<string[], void, undefined> {
    const { signal } = call;
    const { response, stillness } = await this.#patiently(call, () => this.#open(call, 'application/x-ndjson'));
    try {
      yield* answerLines(response.body, stillness);
    } catch (error) {
      throw this.#refusalOf(error, { signal });
    } finally {
      stillness.end();
    }
  }

  async #patiently<T>({ mayRepeat, signal }: CallOptions, attempt: () => Promise<T>): Promise<T> {
    const { patienceMs, onSetback, pause } = this.#options;
    let waitedMs = 0;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof Refusal) || !mayRepeat() || !passing.has(error.code)) throw error;
        const waitMs = error.retryAfterMs ?? pauseMs;
        waitedMs += waitMs;
        if (waitedMs > patienceMs) throw error;
        onSetback({ refusal: error, waitMs });
        await pause(waitMs, signal);
      }
    }
  }

  async #attempt<T>(call: Call<T>): Promise<Answer<T>> {
    const { response, stillness } = await this.#open(call, 'application/json');
    try {
      const parsed = call.schema.safeParse(parseJson(await response.text()));
      if (!parsed.success) throw notAProducer(this.#options.url, parsed.error);
      return { value: parsed.data, replayed: response.headers.get('idempotent-replayed') === 'true' };
    } catch (error) {
      throw this.#refusalOf(error, call);
    } finally {
      stillness.end();
    }
  }

  /** An answer that is none of a problem, and what ends it when it stands still. */
  async #open(call: CallOptions, accept: string): Promise<{ response: Response; stillness: Stillness }> {
    const { url, timeoutMs } = this.#options;
    const stillness = new Stillness(timeoutMs, call.signal);
    try {
      const response = await this.#send(call, accept, stillness);
      if (response.ok) return { response, stillness };
      throw refusalOf(response, parseJson(await response.text()), url.origin);
    } catch (error) {
      stillness.end();
      throw this.#refusalOf(error, call);
    }
  }

  #refusalOf(error: unknown, { signal, body }: Pick<CallOptions, 'signal' | 'body'>): unknown {
    if (error instanceof Refusal) return error;
    if (signal?.aborted) return signal.reason;
    const message = `there is no answer from ${this.#options.url.origin}${codeOf(error)}`;
    return body?.fault?.() ?? new Refusal('unavailable', message, { cause: error });
  }

  async #send(call: CallOptions, accept: string, stillness: Stillness): Promise<Response> {
    const { url, token, fetch: send } = this.#options;
    const { body, idempotencyKey, query } = call;
    const address = new URL(url.href.endsWith('/') ? url.href : `${url.href}/`);
    address.pathname += call.path.replace(/^\//, '');
    address.search = query?.toString() ?? '';
    return await send(address, {
      method: call.method,
      redirect: 'error',
      signal: stillness.signal,
      headers: {
        Accept: accept,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': body.type }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: body.make(() => stillness.moved()), duplex: 'half' as const }),
    });
  }
}

/** Waits, unless the signal says otherwise. */
export async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
}

function notAProducer(url: URL, cause: unknown): Refusal {
  return new Refusal('invalid', `${url.origin} is not a producer of Session Queue`, { field: 'url', cause });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const code = z.object({ cause: z.object({ code: z.string() }) }).safeParse(error);
  return code.success ? ` (${code.data.cause.code})` : '';
}
