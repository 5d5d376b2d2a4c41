import type { RequestHandler } from 'express';
import { Refused } from './refused.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a change in only from a page of the dashboard itself: another site must not have a signed-in browser, or on
 * loopback any browser, do something. Browsers say where a request comes from in `Sec-Fetch-Site` (over HTTPS and on
 * localhost) or in `Origin`; a request with neither did not come from a page. An origin is held against the address that the settings name,
 * else against the host that was asked.
 */
export function sameOriginChanges(ownUrl: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (reading.has(request.method)) return next();
    const site = request.get('sec-fetch-site');
    const own = site === undefined ? isOwn(request.get('origin'), ownUrl, request.host) : site === 'same-origin';
    next(own ? undefined : new Refused(403, 'Changes are only taken from the dashboard’s own pages.'));
  };
}

function isOwn(origin: string | undefined, ownUrl: string | undefined, host: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  return ownUrl === undefined ? new URL(origin).host === host : origin === ownUrl;
}
