import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';

/** RFC 9112, 3.2: a request by HTTP/1.1 names its host. Node would answer by itself, and without a document. */
export const requireHost: RequestHandler = (request, _response, next) => {
  if (request.httpVersion === '1.1' && request.headers.host === undefined)
    throw new Problem('invalid-request', 'A Host header is expected.');
  next();
};
