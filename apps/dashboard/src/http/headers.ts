import type { RequestHandler } from 'express';
import helmet from 'helmet';

const self = "'self'";
const none = "'none'";

const ownPages = {
  defaultSrc: [none],
  scriptSrc: [self],
  styleSrc: [self],
  imgSrc: [self],
  connectSrc: [self],
  formAction: [self],
  baseUri: [none],
  frameAncestors: [none],
};

const boardPages = {
  ...ownPages,
  // Bull Board's components set style attributes and insert style elements while they run, its theme among them.
  styleSrc: [self, "'unsafe-inline'"],
  imgSrc: [self, 'data:'],
  fontSrc: [self],
  // Long job data is highlighted in a worker.
  workerSrc: [self],
  // Its page has a <base>.
  baseUri: [self],
};

/** Security headers for the dashboard's own pages: nothing inline, nothing from elsewhere. */
export function ownPageHeaders(): RequestHandler {
  return headersWith(ownPages);
}

/** The same for Bull Board, which needs inline styles. Fonts and links to other sites stay out. */
export function boardHeaders(): RequestHandler {
  return headersWith(boardPages);
}

function headersWith(directives: Record<string, string[]>): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    // Other services on the same domain are not ours to move to HTTPS.
    strictTransportSecurity: { maxAge: 180 * 24 * 3600, includeSubDomains: false },
  });
}

/** What Redis said is for this moment and this person. */
export function notStored(): RequestHandler {
  return (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  };
}
