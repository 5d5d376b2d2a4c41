import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { noteCaller } from './caller.ts';
import type { FindCaller } from './find-caller.ts';

const bearer = /^bearer +([\x21-\x7e]+) *$/i;

/** Lets requests with a known bearer token through, and notes the caller; others get what `limit` leaves of a 401. */
export function requireToken(findCaller: FindCaller, limit: RequestHandler): RequestHandler {
  return async (request, response, next) => {
    const header = request.get('authorization');
    if (header === undefined) throw unauthorized('Send an API token: Authorization: Bearer <token>.', 'Bearer');
    const token = bearer.exec(header)?.[1];
    const found = token === undefined ? undefined : await findCaller(token);
    if (found === undefined || found === 'ended') {
      const detail = found === 'ended' ? 'This API token has ended.' : 'This API token is not known.';
      const refusal = unauthorized(detail, 'Bearer error="invalid_token"');
      await limit(request, response, (error?: unknown) => next(error ?? refusal));
      return;
    }
    noteCaller(request, found);
    next();
  };
}

function unauthorized(detail: string, challenge: string): Problem {
  return new Problem('unauthorized', detail, { headers: { 'WWW-Authenticate': challenge } });
}
