import { randomUUID } from 'node:crypto';
import type { LegalHoldInput, LegalHolds, LegalHoldView } from '../../legal-holds/legal-hold.ts';
import type { Why } from '../../requests/control.ts';
import { legalHoldSchema, legalHoldsSchema } from '../answers.ts';
import { checkLegalHold, checkWhy } from '../checks.ts';
import { checkKey, jsonBody, legalHoldPath, queryOf } from './call-parts.ts';
import { sessionOf } from './http-selecting.ts';
import type { ProducerApi } from './producer-api.ts';

const mayRepeat = () => true;

/** Legal holds, for a client over HTTP. Who makes or lifts one is whom the token names: `by` is not sent. */
export class HttpHolding implements LegalHolds {
  readonly #api: ProducerApi;

  constructor(api: ProducerApi) {
    this.#api = api;
  }

  async addLegalHold({ id = randomUUID(), ...input }: LegalHoldInput): Promise<LegalHoldView> {
    const { by: _, ...said } = checkLegalHold(input);
    const call = { method: 'POST', path: '/v1/legal-holds', schema: legalHoldSchema, mayRepeat } as const;
    return (await this.#api.call({ ...call, body: jsonBody(said), idempotencyKey: checkKey(id) })).value;
  }

  async legalHolds(consumer?: string): Promise<LegalHoldView[]> {
    const query = queryOf({ consumer });
    const call = { method: 'GET', path: '/v1/legal-holds', schema: legalHoldsSchema, query, mayRepeat } as const;
    return (await this.#api.call(call)).value.holds;
  }

  async getLegalHold(id: string): Promise<LegalHoldView> {
    const path = legalHoldPath(id);
    return (await this.#api.call({ method: 'GET', path, schema: legalHoldSchema, mayRepeat })).value;
  }

  async *heldSessions(id: string): AsyncGenerator<readonly string[], void, undefined> {
    const path = `${legalHoldPath(id)}/sessions`;
    for await (const lines of this.#api.lines({ method: 'GET', path, mayRepeat })) yield lines.map(sessionOf);
  }

  /** Not repeated: the second time there is none. */
  async removeLegalHold(id: string, why: Why): Promise<LegalHoldView> {
    const { reason } = checkWhy(why);
    const path = legalHoldPath(id);
    const body = jsonBody({ reason });
    const call = { method: 'DELETE', path, body, schema: legalHoldSchema, mayRepeat: () => false } as const;
    return (await this.#api.call(call)).value;
  }
}
