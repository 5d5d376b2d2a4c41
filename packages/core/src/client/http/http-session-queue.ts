import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type Certificate, certificateSchema } from '../../evidence/certificate/certificate.ts';
import type { LegalHolds } from '../../legal-holds/legal-hold.ts';
import type { Approval } from '../../requests/approval.ts';
import type { Why, WhyIfAny } from '../../requests/control.ts';
import { Refusal } from '../../requests/refusal.ts';
import type { ItemList, ItemsPage, Kind, RequestFilter, RequestsPage, RequestView } from '../../requests/request.ts';
import type { SelectionInput, SelectionListFilter, SelectionsPage, SelectionView } from '../../selections/selection.ts';
import { newestFirst, type SessionRequest } from '../../sessions/session-request.ts';
import {
  consumersSchema,
  itemsPageSchema,
  requestSchema,
  requestsPageSchema,
  sessionSchema,
  switchSchema,
} from '../answers.ts';
import { checkApproval, checkChosen, checkItems, checkLimit, checkNotes, checkWhy, checkWhyIfAny } from '../checks.ts';
import { type LookOptions, RequestReader } from '../request-reader.ts';
import type { Rules } from '../rules.ts';
import type {
  AcceptOptions,
  DeletionInput,
  Items,
  ResubmissionInput,
  SelectionDeletionInput,
  Selections,
  SessionQueue,
} from '../session-queue.ts';
import { acceptCall, withWayOn } from './accept-call.ts';
import { checkKey, checkToken, checkUrl, jsonBody, queryOf, requestPath, sessionPath } from './call-parts.ts';
import { HttpHolding } from './http-holding.ts';
import { HttpRules } from './http-rules.ts';
import { HttpSelecting } from './http-selecting.ts';
import { ItemsBody } from './items-body.ts';
import { type Call, ProducerApi, pauseFor, type Setback } from './producer-api.ts';

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
export class HttpSessionQueue extends RequestReader implements SessionQueue, Selections {
  /** Standing retention rules. */
  readonly rules: Rules;
  readonly holds: LegalHolds;
  readonly #api: ProducerApi;
  readonly #selecting: HttpSelecting;
  readonly #onReplayed: (id: string) => void;

  constructor(options: HttpSessionQueueOptions) {
    super();
    const { token, timeoutMs = 60_000, patienceMs = 60_000, pause = pauseFor } = options;
    const { onSetback = () => undefined, onReplayed = () => undefined } = options;
    const send: typeof fetch = options.fetch ?? ((...given) => fetch(...given));
    const url = checkUrl(options.url);
    checkToken(token);
    this.#api = new ProducerApi({ url, token, fetch: send, timeoutMs, patienceMs, onSetback, pause });
    this.#selecting = new HttpSelecting(this.#api);
    this.rules = new HttpRules(this.#api);
    this.holds = new HttpHolding(this.#api);
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

  async select(input: SelectionInput): Promise<SelectionView> {
    return await this.#selecting.select(input);
  }

  async getSelection(id: string): Promise<SelectionView> {
    return await this.#selecting.get(id);
  }

  async listSelections(
    filter: SelectionListFilter = {},
    page: { next?: string; limit?: number } = {},
  ): Promise<SelectionsPage> {
    return await this.#selecting.list(filter, page);
  }

  selectedSessions(id: string): AsyncIterable<readonly string[]> {
    return this.#selecting.sessions(id);
  }

  selectedMetadata(id: string): AsyncIterable<readonly string[]> {
    return this.#selecting.metadata(id);
  }

  async cancelSelection(id: string): Promise<SelectionView> {
    return await this.#selecting.cancel(id);
  }

  async deleteSelection(input: SelectionDeletionInput): Promise<RequestView> {
    const body = jsonBody({ ...checkNotes('deletion', input), ...checkChosen(input) });
    const { id = randomUUID(), signal } = input;
    const call = { method: 'POST', path: '/v1/deletions', schema: requestSchema, body, signal } as const;
    return await this.#sendOnce({ ...call, idempotencyKey: checkKey(id), mayRepeat: () => true });
  }

  async getRequest(id: string, { signal }: LookOptions = {}): Promise<RequestView | undefined> {
    try {
      return await this.#get(requestPath(id), requestSchema, { signal });
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

  async listItems(id: string, state: ItemList, page: { next?: string; limit?: number } = {}): Promise<ItemsPage> {
    const limit = page.limit === undefined ? undefined : checkLimit(page.limit, 1_000);
    const query = queryOf({ state, limit, next: page.next });
    return await this.#get(`${requestPath(id)}/items`, itemsPageSchema, { query });
  }

  /** One call for each of the consumers that are named. */
  async findSession(
    sessionId: string,
    { consumers }: { consumers?: readonly string[] } = {},
  ): Promise<SessionRequest[]> {
    const path = sessionPath(sessionId);
    const queries = consumers?.map((consumer) => queryOf({ consumer })) ?? [undefined];
    const found = await Promise.all(queries.map((query) => this.#get(path, sessionSchema, { query })));
    return found.flatMap(({ requests }) => requests).sort(newestFirst);
  }

  async certificate(id: string): Promise<Certificate> {
    return await this.#get(`${requestPath(id)}/certificate`, certificateSchema);
  }

  certificateLeaves(id: string): AsyncIterable<readonly string[]> {
    return this.#api.lines({ method: 'GET', path: `${requestPath(id)}/certificate/leaves`, mayRepeat: () => true });
  }

  async cancel(id: string): Promise<RequestView> {
    return await this.#post(`${requestPath(id)}/cancel`, requestSchema);
  }

  async hold(id: string): Promise<RequestView> {
    return await this.#post(`${requestPath(id)}/hold`, requestSchema);
  }

  async release(id: string): Promise<RequestView> {
    return await this.#post(`${requestPath(id)}/release`, requestSchema);
  }

  /** Who approves is the one whom the token names: `by` is not sent. */
  async approve(id: string, approval: Approval): Promise<RequestView> {
    const { reason } = checkApproval(approval);
    return await this.#post(`${requestPath(id)}/approve`, requestSchema, reason === undefined ? {} : { reason });
  }

  /** Who revokes is the one whom the token names: `by` is not sent. */
  async revoke(id: string, why: Why): Promise<RequestView> {
    return await this.#post(`${requestPath(id)}/revoke`, requestSchema, { reason: checkWhy(why).reason });
  }

  /**
   * Who retries is the one whom the token names: `by` is not sent. Not repeated by itself: where items have failed again meanwhile, that
   * would be another retry.
   */
  async retryFailed(id: string, why: Why): Promise<RequestView> {
    const { reason } = checkWhy(why);
    return await this.#post(`${requestPath(id)}/retry`, requestSchema, { reason }, false);
  }

  async resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView> {
    // Not repeated: the second time nothing is parked any more, and that is a conflict.
    return await this.#post(`${requestPath(id)}/parked`, requestSchema, { action }, false);
  }

  async stopKind(kind: Kind, reason: string): Promise<void> {
    await this.#post('/v1/stop', switchSchema, { kind, reason: checkWhy({ reason }).reason });
  }

  /** Who stops or starts is the one whom the token names: `by` is not sent. */
  async startKind(kind: Kind, why: WhyIfAny = {}): Promise<void> {
    const { reason } = checkWhyIfAny(why);
    await this.#post('/v1/start', switchSchema, { kind, ...(reason !== undefined && { reason }) });
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
    const notes = { ...checkNotes(kind, options), ...more };
    const idempotencyKey = checkKey(options.id ?? randomUUID());
    options.signal?.throwIfAborted();
    const items = await ItemsBody.begin(kind, checkItems(kind, given));
    try {
      const call = acceptCall(kind, items, notes, options.resumable);
      const mayRepeat = (): boolean => items.canBegin;
      return await this.#sendOnce({ ...call, idempotencyKey, signal: options.signal, mayRepeat });
    } catch (error) {
      if (!(error instanceof Refusal) || items.canBegin) throw error;
      throw withWayOn(error, idempotencyKey);
    } finally {
      items.release();
    }
  }

  /** Makes a request, or finds the one that the same call has made before. */
  async #sendOnce(call: Call<RequestView>): Promise<RequestView> {
    const { value, replayed } = await this.#api.call(call);
    if (!replayed) return value;
    this.#onReplayed(value.id);
    return await this.#asItIsNow(value, call.signal);
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
