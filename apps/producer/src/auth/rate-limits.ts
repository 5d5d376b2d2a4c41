import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import { Problem } from '../problems/problem.ts';
import { callerOf } from './caller.ts';

const minuteMs = 60_000;
/** So many unknown tokens from an address get their 401 in a minute. */
const unknownPerMinute = 30;

/** Both count in the memory of this process: several producers behind one address allow that much each. */
const shared: Partial<Options> = { windowMs: minuteMs, standardHeaders: 'draft-8', legacyHeaders: false };

/** Allows a caller so many calls a minute (0: any number), unless its key says otherwise; then 429 with `Retry-After`. */
export function limitRate(perMinute: number): RequestHandler {
  const rateOf = (request: Request): number => callerOf(request).ratePerMinute ?? perMinute;
  const limit = rateLimit({
    ...shared,
    identifier: 'calls',
    limit: rateOf,
    keyGenerator: (request) => callerOf(request).id,
    handler: (_request, _response, next) => next(tooMany('This token has used up its calls of this minute.')),
  });
  return (request, response, next) => (rateOf(request) === 0 ? next() : limit(request, response, next));
}

/**
 * Stands where a token was found unknown, and lets few through from an address: one with an old token learns to wait. A known
 * token never comes here, since behind a proxy everybody has one address. What guards tokens is their length, not this.
 */
export function limitUnknown(): RequestHandler {
  return rateLimit({
    ...shared,
    identifier: 'unknown-tokens',
    limit: unknownPerMinute,
    keyGenerator: ({ ip = '' }) => ipKeyGenerator(ip),
    handler: (_request, _response, next) => next(tooMany('Too many unknown tokens come from this address.')),
  });
}

/** The `Retry-After` is there already, beside the other headers of the limit. */
function tooMany(detail: string): Problem {
  return new Problem('rate-limited', detail);
}
