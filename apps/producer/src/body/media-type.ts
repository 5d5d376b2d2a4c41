import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';

const json = /^application\/(?:[\w.+-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Lets JSON in UTF-8 through; any other content type is a 415 that names these as well. */
export function requireJson(others: readonly string[] = []): RequestHandler {
  const types = ['application/json', ...others];
  return (request, _response, next) => {
    if (!json.test(request.get('content-type') ?? '')) {
      throw new Problem('unsupported-media-type', `Send the body as Content-Type: ${types.join(' or ')}, in UTF-8.`, {
        headers: { Accept: types.join(', ') },
      });
    }
    next();
  };
}

/** Whether a body comes with the request (RFC 9112, section 6). */
export function hasBody(headers: Readonly<Record<string, unknown>>): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
