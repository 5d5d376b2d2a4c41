import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Headers for answers that no browser should show, embed, guess about or keep. */
export function securityHeaders(): RequestHandler[] {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
  });
  const keepNothing: RequestHandler = (request, response, next) => {
    // Nobody has kept an earlier answer: Express would answer `If-None-Match: *` with a 304, and tell nothing.
    delete request.headers['if-none-match'];
    delete request.headers['if-modified-since'];
    response.set('Cache-Control', 'no-store');
    next();
  };
  return [headers, keepNothing];
}
