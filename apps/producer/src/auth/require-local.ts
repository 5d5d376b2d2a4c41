import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import { localCaller, noteCaller } from './caller.ts';

const localHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/**
 * Stands where no token is asked for. Such a producer listens on loopback, where the browser of the same person can
 * reach it too: a web page must not, be it by a plain cross-site request or by a name that it points at 127.0.0.1.
 */
export const requireLocal: RequestHandler = (request, _response, next) => {
  if (!localHost.test(request.get('host') ?? '')) {
    throw new Problem('forbidden', 'Without API keys this producer answers on localhost only.');
  }
  const site = request.get('sec-fetch-site') ?? 'none';
  if (request.get('origin') !== undefined || (site !== 'none' && site !== 'same-origin')) {
    throw new Problem('forbidden', 'Without API keys this producer does not answer web pages.');
  }
  noteCaller(request, localCaller);
  next();
};
