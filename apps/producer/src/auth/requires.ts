import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { callerOf, type Scope } from './caller.ts';

/** Lets callers with the scope through; others get a 403 that names it. */
export function requires(scope: Scope): RequestHandler {
  return (request, _response, next) => {
    if (!callerOf(request).scopes.has(scope)) {
      throw new Problem('missing-scope', `This needs a token with the scope ${scope}.`, {
        headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      });
    }
    next();
  };
}
