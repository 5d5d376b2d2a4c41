import type { Request } from 'express';

const callers = new WeakMap<Request, string>();

/** Notes which API key a request came with, by the key's name. */
export function noteCaller(request: Request, name: string): void {
  callers.set(request, name);
}

/** The name of the API key that a request came with; `undefined` on a producer without keys. */
export function callerOf(request: Request): string | undefined {
  return callers.get(request);
}
