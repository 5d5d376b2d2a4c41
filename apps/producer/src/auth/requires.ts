import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { callerOf, type Scope } from './caller.ts';

/** Lets callers with one of the scopes through; others get a 403 that names them. */
export function requires(scope: Scope, ...others: Scope[]): RequestHandler {
  return (request, _response, next) => {
    if (![scope, ...others].some((one) => callerOf(request).scopes.has(one))) {
      throw new Problem('missing-scope', `This needs a token with the scope ${[scope, ...others].join(' or ')}.`, {
        headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
      });
    }
    next();
  };
}
