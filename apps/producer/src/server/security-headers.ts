import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet, { type HelmetOptions } from 'helmet';

/** Headers for answers that no browser should show, embed, guess about or keep. */
export function securityHeaders(): RequestHandler {
  const headers = headersOf({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  headers.set('Cache-Control', 'no-store');
  return (request, response, next) => {
    // Nobody has kept an earlier answer: Express would answer `If-None-Match: *` with a 304, and tell nothing.
    delete request.headers['if-none-match'];
    delete request.headers['if-modified-since'];
    response.setHeaders(headers);
    next();
  };
}

/** What helmet makes of an answer: the same for each, and so asked for once. */
function headersOf(options: HelmetOptions): Map<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => undefined);
  return new Map(response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]));
}
