import type { RequestHandler } from 'express';
import { Refused } from './refused.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a change in only from a page of the dashboard itself: another site must not have a signed-in browser, or on
 * loopback any browser, do something. Browsers say where a request comes from in `Sec-Fetch-Site` (over HTTPS and on
 * localhost) or in `Origin`; a request with neither did not come from a page.
 */
export function sameOriginChanges(): RequestHandler {
  return (request, _response, next) => {
    if (reading.has(request.method)) return next();
    const site = request.get('sec-fetch-site');
    const own = site === undefined ? isOwn(request.get('origin'), request.host) : site === 'same-origin';
    next(own ? undefined : new Refused(403, 'Changes are only taken from the dashboard’s own pages.'));
  };
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
