import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { noteCaller } from './caller.ts';

/** Finds the name of the API key with this token, in constant time. */
export type FindKey = (token: string) => string | undefined;

const bearer = /^bearer +([\x21-\x7e]+) *$/i;

/** Lets requests with a known bearer token through, and notes the caller; others get a 401. */
export function requireToken(findKey: FindKey): RequestHandler {
  return (request, _response, next) => {
    const header = request.get('authorization');
    if (header === undefined) throw unauthorized('Send an API token: Authorization: Bearer <token>.', 'Bearer');
    const token = bearer.exec(header)?.[1];
    const name = token === undefined ? undefined : findKey(token);
    if (name === undefined) throw unauthorized('This API token is not known.', 'Bearer error="invalid_token"');
    noteCaller(request, name);
    next();
  };
}

function unauthorized(detail: string, challenge: string): Problem {
  return new Problem('unauthorized', detail, { headers: { 'WWW-Authenticate': challenge } });
}
