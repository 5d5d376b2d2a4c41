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
  const keepNothing: RequestHandler = (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  };
  return [headers, keepNothing];
}
