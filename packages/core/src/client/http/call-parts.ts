import { itemFault } from '../../requests/items.ts';
import { Refusal, unknownLegalHold, unknownRequest, unknownRule, unknownSelection } from '../../requests/refusal.ts';
import type { CallOptions } from './producer-api.ts';

export function jsonBody(body: object): NonNullable<CallOptions['body']> {
  return { type: 'application/json', make: () => JSON.stringify(body) };
}

export function queryOf(fields: Record<string, string | number | boolean | undefined>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query;
}

/** The id of a call as its Idempotency-Key. */
export function checkKey(id: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(id)) return id;
  throw new Refusal('invalid', 'must be 1 to 255 visible ASCII characters', { field: 'id' });
}

export function requestPath(id: string): string {
  if (isStep(id)) throw new Refusal('not_found', unknownRequest);
  return `/v1/requests/${encodeURIComponent(id)}`;
}

export function selectionPath(id: string): string {
  if (isStep(id)) throw new Refusal('not_found', unknownSelection);
  return `/v1/selections/${encodeURIComponent(id)}`;
}

export function rulePath(name: string): string {
  if (isStep(name)) throw new Refusal('not_found', unknownRule);
  return `/v1/rules/${encodeURIComponent(name)}`;
}

export function legalHoldPath(id: string): string {
  if (isStep(id)) throw new Refusal('not_found', unknownLegalHold);
  return `/v1/legal-holds/${encodeURIComponent(id)}`;
}

export function sessionPath(sessionId: string): string {
  const fault = itemFault('deletion', sessionId) ?? (isStep(sessionId) ? 'cannot stand in an address' : undefined);
  if (fault !== undefined) throw new Refusal('invalid', fault, { field: 'sessionId' });
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

/** Of these no path can be made: a URL takes them for steps. */
function isStep(id: string): boolean {
  return ['', '.', '..'].includes(id);
}

export function checkUrl(given: string | URL): URL {
  const text = String(given);
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new Refusal('invalid', 'must be an http or https URL', { field: 'url' });
}

export function checkToken(token: string | undefined): void {
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return;
  throw new Refusal('invalid', 'holds spaces or characters that no token has', { field: 'token' });
}
