import type { Request } from 'express';

/** What a token may be allowed to do. */
export const scopes = [
  'deletion:create',
  'deletion:approve',
  'resubmission:create',
  'selection:create',
  'legal-hold:manage',
  'request:read',
  'request:manage',
  'rule:manage',
] as const;
export type Scope = (typeof scopes)[number];

/** Who sent a request. */
export interface Caller {
  /** Never that of another caller, whichever way both are known. */
  id: string;
  /** What the log and `requestedBy` call it; absent where no token is asked for. */
  name?: string;
  scopes: ReadonlySet<Scope>;
  /** The consumers it may ask for and whose requests it may see; every one when absent. */
  consumers?: readonly string[];
  /** In place of the producer's own limit; 0 is none. */
  ratePerMinute?: number;
}

/** Whoever reaches a producer that asks for no token: somebody on its own machine, as often as they like. */
export const localCaller: Caller = { id: '', scopes: new Set(scopes), ratePerMinute: 0 };

const callers = new WeakMap<Request, Caller>();

/** Notes who sent a request. */
export function noteCaller(request: Request, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sent a request under `/v1`. */
export function callerOf(request: Request): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('nobody has looked who sent this request');
  return caller;
}

/** The name of who sent a request, where it is known. */
export function callerNameOf(request: Request): string | undefined {
  return callers.get(request)?.name;
}
