import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Why } from '../../requests/control.ts';
import { itemFault, itemsField } from '../../requests/items.ts';
import { Refusal, unknownRequest } from '../../requests/refusal.ts';
import type {
  ItemsPage,
  Kind,
  RequestFilter,
  RequestNotes,
  RequestsPage,
  RequestView,
} from '../../requests/request.ts';
import { newestFirst, type SessionRequest } from '../../sessions/session-request.ts';
import {
  consumersSchema,
  itemsPageSchema,
  requestSchema,
  requestsPageSchema,
  sessionSchema,
  switchSchema,
} from '../answers.ts';
import { checkItems, checkLimit, checkNotes, checkStop, checkWhy } from '../checks.ts';
import { type LookOptions, RequestReader } from '../request-reader.ts';
import type { AcceptOptions, DeletionInput, Items, ResubmissionInput, SessionQueue } from '../session-queue.ts';
import { ItemsBody } from './items-body.ts';
import { type Answer, type Call, ProducerApi, pauseFor, type Setback } from './producer-api.ts';

export interface HttpSessionQueueOptions {
  /** Address of the producer; a path in front of /v1 is kept. */
  url: string | URL;
  /** One of the producer's tokens. */
  token?: string | undefined;
  /** In place of the built-in one: for a proxy, or for tests. */
  fetch?: typeof fetch | undefined;
  /** How long nothing of a call may move (60,000 ms). */
  timeoutMs?: number | undefined;
  /** How long to wait, over all attempts, before the refusal of a call that is safe to repeat is thrown (60,000 ms; 0 for one attempt). */
  patienceMs?: number | undefined;
  /** Told before each wait for another attempt. */
  onSetback?: ((setback: Setback) => void) | undefined;
  /** Told when a request was there already: the same was asked with the same id before, and nothing new was accepted. */
  onReplayed?: ((id: string) => void) | undefined;
  /** In place of a timer, for tests. */
  pause?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/**
 * Session Queue through the producer's HTTP API, without a way to Redis. The `id` of a call is its Idempotency-Key, and the request's
 * id the producer's: a call is repeated with the same key until it is answered.
 */
export class HttpSessionQueue extends RequestReader implements SessionQueue {
  readonly #api: ProducerApi;
  readonly #onReplayed: (id: string) => void;

  constructor(options: HttpSessionQueueOptions) {
    super();
    const { token, timeoutMs = 60_000, patienceMs = 60_000, pause = pauseFor } = options;
    const { onSetback = () => undefined, onReplayed = () => undefined } = options;
    const send: typeof fetch = options.fetch ?? ((...given) => fetch(...given));
    const url = checkUrl(options.url);
    checkToken(token);
    this.#api = new ProducerApi({ url, token, fetch: send, timeoutMs, patienceMs, onSetback, pause });
    this.#onReplayed = onReplayed;
  }

  /**
   * Up to 1,000 items go as JSON, more as a stream. One that can be read only once is not sent again by itself: its refusal says with
   * which `id` the same call may be repeated.
   */
  async deleteSessions(input: DeletionInput): Promise<RequestView> {
    return await this.#accept('deletion', input.sessionIds, input);
  }

  async resubmit(input: ResubmissionInput): Promise<RequestView> {
    const { ignoreResponseRevisions } = input;
    const options = ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions };
    return await this.#accept('resubmission', input.submissions, input, options);
  }

  async getRequest(id: string, { signal }: LookOptions = {}): Promise<RequestView | undefined> {
    try {
      return await this.#get(pathOf(id), requestSchema, { signal });
    } catch (error) {
      if (error instanceof Refusal && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async listRequests(filter: RequestFilter = {}, page: { next?: string; limit?: number } = {}): Promise<RequestsPage> {
    const { consumers, ...others } = filter;
    const limit = page.limit === undefined ? undefined : checkLimit(page.limit, 200);
    const query = queryOf({ ...others, limit, next: page.next });
    for (const consumer of consumers ?? []) query.append('consumer', consumer);
    // No consumers at all is not the same as any consumer.
    if (consumers?.length === 0) return { requests: [] };
    return await this.#get('/v1/requests', requestsPageSchema, { query });
  }

  async listItems(
    id: string,
    state: 'failed' | 'parked',
    page: { next?: string; limit?: number } = {},
  ): Promise<ItemsPage> {
    const limit = page.limit === undefined ? undefined : checkLimit(page.limit, 1_000);
    const query = queryOf({ state, limit, next: page.next });
    return await this.#get(`${pathOf(id)}/items`, itemsPageSchema, { query });
  }

  /** One call for each of the consumers that are named. */
  async findSession(
    sessionId: string,
    { consumers }: { consumers?: readonly string[] } = {},
  ): Promise<SessionRequest[]> {
    const path = sessionPathOf(sessionId);
    const queries = consumers?.map((consumer) => queryOf({ consumer })) ?? [undefined];
    const found = await Promise.all(queries.map((query) => this.#get(path, sessionSchema, { query })));
    return found.flatMap(({ requests }) => requests).sort(newestFirst);
  }

  async cancel(id: string): Promise<RequestView> {
    return await this.#post(`${pathOf(id)}/cancel`, requestSchema);
  }

  async hold(id: string): Promise<RequestView> {
    return await this.#post(`${pathOf(id)}/hold`, requestSchema);
  }

  async release(id: string): Promise<RequestView> {
    return await this.#post(`${pathOf(id)}/release`, requestSchema);
  }

  /**
   * Who retries is the one whom the token names: `by` is not sent. Not repeated by itself: where items have failed again meanwhile, that
   * would be another retry.
   */
  async retryFailed(id: string, why: Why): Promise<RequestView> {
    const { reason } = checkWhy(why);
    return await this.#post(`${pathOf(id)}/retry`, requestSchema, { reason }, false);
  }

  async resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView> {
    // Not repeated: the second time nothing is parked any more, and that is a conflict.
    return await this.#post(`${pathOf(id)}/parked`, requestSchema, { action }, false);
  }

  async stopKind(kind: Kind, reason: string): Promise<void> {
    await this.#post('/v1/stop', switchSchema, { kind, reason: checkStop(reason) });
  }

  async startKind(kind: Kind): Promise<void> {
    await this.#post('/v1/start', switchSchema, { kind });
  }

  async consumers(): Promise<string[]> {
    const { consumers } = await this.#get('/v1/consumers', consumersSchema);
    return consumers;
  }

  async #accept(
    kind: Kind,
    given: Items,
    options: AcceptOptions,
    more: { ignoreResponseRevisions?: boolean } = {},
  ): Promise<RequestView> {
    const notes = { ...checkNotes(options), ...more };
    const idempotencyKey = checkKey(options.id ?? randomUUID());
    options.signal?.throwIfAborted();
    const items = await ItemsBody.begin(kind, checkItems(kind, given));
    try {
      const call = acceptCall(kind, items, notes, options.resumable);
      const { value, replayed } = await this.#send({ ...call, idempotencyKey, signal: options.signal }, items);
      if (!replayed) return value;
      this.#onReplayed(value.id);
      return await this.#asItIsNow(value, options.signal);
    } finally {
      items.release();
    }
  }

  async #send(call: Omit<Call<RequestView>, 'mayRepeat'>, items: ItemsBody): Promise<Answer<RequestView>> {
    try {
      return await this.#api.call({ ...call, mayRepeat: () => items.canBegin });
    } catch (error) {
      if (!(error instanceof Refusal) || items.canBegin) throw error;
      throw withWayOn(error, call.idempotencyKey);
    }
  }

  /** A replayed answer is the one of then. A token that may ask and not look has to do with it. */
  async #asItIsNow(then: RequestView, signal: AbortSignal | undefined): Promise<RequestView> {
    try {
      return (await this.getRequest(then.id, { signal })) ?? then;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'forbidden') return then;
      throw error;
    }
  }

  async #get<T>(path: string, schema: z.ZodType<T>, more: Pick<Call<T>, 'query' | 'signal'> = {}): Promise<T> {
    const { value } = await this.#api.call({ method: 'GET', path, schema, ...more, mayRepeat: () => true });
    return value;
  }

  async #post<T>(path: string, schema: z.ZodType<T>, body: object = {}, mayRepeat = true): Promise<T> {
    const json = jsonBody(body);
    const { value } = await this.#api.call({ method: 'POST', path, schema, body: json, mayRepeat: () => mayRepeat });
    return value;
  }
}

/** What asks for a request: few items as JSON, many as lines, with the notes in the query. */
function acceptCall(
  kind: Kind,
  items: ItemsBody,
  notes: RequestNotes & { ignoreResponseRevisions?: boolean },
  resumable: boolean | undefined,
): Omit<Call<RequestView>, 'mayRepeat'> {
  const path = kind === 'deletion' ? '/v1/deletions' : '/v1/resubmissions';
  const call = { method: 'POST', path, schema: requestSchema } as const;
  const { short } = items;
  if (short !== undefined) return { ...call, body: jsonBody({ ...notes, [itemsField[kind]]: short }) };
  const body = {
    type: 'application/x-ndjson',
    make: (moved: () => void) => items.lines(moved),
    fault: () => items.fault,
  };
  return { ...call, query: queryOf({ ...notes, resumable }), body };
}

function jsonBody(body: object): NonNullable<Call<unknown>['body']> {
  return { type: 'application/json', make: () => JSON.stringify(body) };
}

function queryOf(fields: Record<string, string | number | boolean | undefined>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query;
}

/** The address of a request. Of these no path can be made: a URL takes them for steps. */
function pathOf(id: string): string {
  if (['', '.', '..'].includes(id)) throw new Refusal('not_found', unknownRequest);
  return `/v1/requests/${encodeURIComponent(id)}`;
}

function sessionPathOf(sessionId: string): string {
  const steps = ['.', '..'].includes(sessionId) ? 'cannot stand in an address' : undefined;
  const fault = itemFault('deletion', sessionId) ?? steps;
  if (fault !== undefined) throw new Refusal('invalid', fault, { field: 'sessionId' });
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

function checkUrl(given: string | URL): URL {
  const text = String(given);
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new Refusal('invalid', 'must be an http or https URL', { field: 'url' });
}

function checkToken(token: string | undefined): void {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return;
  throw new Refusal('invalid', 'holds spaces or characters that no token has', { field: 'token' });
}

function checkKey(id: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(id)) return id;
  throw new Refusal('invalid', 'must be 1 to 255 visible ASCII characters', { field: 'id' });
}

function withWayOn(refusal: Refusal, id: string | undefined): Refusal {
  const { code, message, faults, retryAfterMs, requestId } = refusal;
  const way = `; items that can be read only once are not sent again: the same call with all of them and the id '${id}' is safe`;
  return new Refusal(code, message + way, { faults, retryAfterMs, requestId, cause: refusal });
}
