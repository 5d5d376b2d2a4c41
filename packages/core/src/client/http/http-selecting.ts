import { randomUUID } from 'node:crypto';
import { Refusal } from '../../requests/refusal.ts';
import type { SelectionInput, SelectionListFilter, SelectionsPage, SelectionView } from '../../selections/selection.ts';
import { selectionSchema, selectionsPageSchema } from '../answers.ts';
import { checkLimit, checkSelection } from '../checks.ts';
import { checkKey, jsonBody, queryOf, selectionPath } from './call-parts.ts';
import type { ProducerApi } from './producer-api.ts';

/** Most sessions that are given at once. */
const maxAtOnce = 1_000;

/** Selections, for a client over HTTP. Every call of it is safe to repeat. */
export class HttpSelecting {
  readonly #api: ProducerApi;

  constructor(api: ProducerApi) {
    this.#api = api;
  }

  async select({ id = randomUUID(), ...input }: SelectionInput): Promise<SelectionView> {
    const body = jsonBody(checkSelection(input));
    const idempotencyKey = checkKey(id);
    const { value, replayed } = await this.#call('POST', '/v1/selections', { body, idempotencyKey });
    return replayed ? await this.#asItIsNow(value) : value;
  }

  async get(id: string): Promise<SelectionView> {
    return (await this.#call('GET', selectionPath(id))).value;
  }

  async list(
    { consumers, ...others }: SelectionListFilter,
    page: { next?: string; limit?: number },
  ): Promise<SelectionsPage> {
    const limit = page.limit === undefined ? undefined : checkLimit(page.limit, 200);
    const query = queryOf({ ...others, limit, next: page.next });
    for (const consumer of consumers ?? []) query.append('consumer', consumer);
    // No consumers at all is not the same as any consumer.
    if (consumers?.length === 0) return { selections: [] };
    const call = { method: 'GET', path: '/v1/selections', schema: selectionsPageSchema, query } as const;
    return (await this.#api.call({ ...call, mayRepeat: () => true })).value;
  }

  async cancel(id: string): Promise<SelectionView> {
    return (await this.#call('POST', `${selectionPath(id)}/cancel`, { body: jsonBody({}) })).value;
  }

  async *sessions(id: string): AsyncGenerator<readonly string[], void, undefined> {
    for await (const lines of this.#lines(`${selectionPath(id)}/sessions`)) yield lines.map(sessionOf);
  }

  async *metadata(id: string): AsyncGenerator<readonly string[], void, undefined> {
    for await (const lines of this.#lines(`${selectionPath(id)}/metadata`)) {
      if (!lines.every(isObject)) throw noProducer();
      yield lines;
    }
  }

  async *#lines(path: string): AsyncGenerator<string[], void, undefined> {
    for await (const lines of this.#api.lines({ method: 'GET', path, mayRepeat: () => true })) {
      for (let from = 0; from < lines.length; from += maxAtOnce) yield lines.slice(from, from + maxAtOnce);
    }
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    more: { body?: ReturnType<typeof jsonBody>; idempotencyKey?: string } = {},
  ): Promise<{ value: SelectionView; replayed: boolean }> {
    return await this.#api.call({ method, path, schema: selectionSchema, ...more, mayRepeat: () => true });
  }

  /** A replayed answer is the one of then. A token that may select and not look has to do with it. */
  async #asItIsNow(then: SelectionView): Promise<SelectionView> {
    try {
      return await this.get(then.id);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'forbidden') return then;
      throw error;
    }
  }
}

/** The session of a line of an answer. */
export function sessionOf(line: string): string {
  const session: unknown = parse(line);
  if (typeof session === 'string') return session;
  throw noProducer();
}

function isObject(line: string): boolean {
  const value = parse(line);
  return typeof value === 'object' && value !== null;
}

function noProducer(): Refusal {
  return new Refusal('invalid', 'the answer is not that of a producer of Session Queue', { field: 'url' });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
