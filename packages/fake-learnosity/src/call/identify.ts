import type { Consumer } from '../world/consumer.ts';
import { checkAddress, type Versions } from './address.ts';
import { type Form, readForm } from './form.ts';
import { Refusal, refusals } from './refusal.ts';
import { readSecurity, type Security } from './security.ts';

/** A call as it came in, read to its end. Times are epoch milliseconds. */
export interface IncomingCall {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: larger than the stand-in reads. */
  readonly body: Buffer | undefined;
  /** When its headers came: the moment that counts for the quota. */
  readonly arrivedAt: number;
  /** No call judged later arrived before this. */
  readonly horizon: number;
  readonly now: number;
}

/** A call from a known consumer. Nothing is proven yet. */
export interface IdentifiedCall {
  readonly form: Form;
  readonly security: Security;
  readonly caller: Consumer;
  /** The path behind the version. */
  readonly path: string;
}

/** Finds out what is called, and who says to call. */
export function identify(
  call: IncomingCall,
  served: Versions,
  consumers: ReadonlyMap<string, Consumer>,
): IdentifiedCall {
  const path = checkAddress(call.method, call.url, served);
  if (call.body === undefined) throw new Refusal(refusals.tooLarge, 'Request entity too large');
  const form = readForm(header(call, 'content-type'), call.body.toString());
  const security = readSecurity(form.security);
  const caller = consumers.get(security.consumer_key);
  if (caller === undefined) throw new Refusal(refusals.unknownConsumer, 'Invalid consumer key');
  return { form, security, caller, path };
}

/** Whether the routing headers of the SDKs are there and contradict the call. */
export function isMisrouted(call: IncomingCall, { form, path, caller }: IdentifiedCall): boolean {
  const consumer = header(call, 'x-learnosity-consumer');
  const action = header(call, 'x-learnosity-action');
  return (
    (consumer !== undefined && consumer !== caller.key) || (action !== undefined && action !== `${form.action}_${path}`)
  );
}

function header(call: IncomingCall, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
