import { FaultList } from '../problems/field-faults.ts';
import type { Reach } from './reach.ts';

/** Why a request may not name this URL to be told of its end. */
export type CallbackFault = (url: string) => string | undefined;

/** How the URLs of new requests are looked at; without a reach nobody is told of anything. */
export function callbackFault(reach: Reach | undefined): CallbackFault {
  if (reach === undefined) return () => 'is not possible here: WEBHOOK_SECRET is not set';
  return (url) => reach.faultOf(new URL(url));
}

/** Throws a 400 when the URL, if there is one, is at fault. */
export function checkCallbackUrl(faultOf: CallbackFault, url: string | undefined): void {
  const fault = url === undefined ? undefined : faultOf(url);
  if (fault === undefined) return;
  const faults = new FaultList();
  faults.add('callbackUrl', fault);
  faults.throwIfAny();
}
