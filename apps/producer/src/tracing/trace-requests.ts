import { requestSpan, type SpanFacts, type Tracing } from '@session-queue/tracing';
import type { RequestHandler, Response } from 'express';
import { isKnownMethod, isQuietRoute, routeOf } from '../server/routes.ts';

/** What an answer accepts: a request, and whether this is its first answer. */
interface Accepted {
  requestId: string;
  isNew: boolean;
}

const acceptedBy = new WeakMap<Response, Accepted>();

/** Notes which request an answer is about, for its span. */
export function noteRequest(response: Response, accepted: Accepted): void {
  acceptedBy.set(response, accepted);
}

/**
 * A server span for each HTTP request, once it is over. Of one that makes a request it is the span that this request's trace
 * begins with; where the caller sent a `traceparent` it is part of the caller's trace, and each leads to the other.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const route = routeOf(request);
      if (isQuietRoute(route)) return;
      const { requestId, isNew } = acceptedBy.get(response) ?? {};
      const made = requestId === undefined ? undefined : requestSpan(requestId);
      const below = request.get('traceparent');
      const begun = isNew === true ? made : undefined;
      const isBegin = begun !== undefined && below === undefined;
      const ms = performance.now() - startedAt;
      const facts: SpanFacts = requestId === undefined ? {} : { 'session_queue.request.id': requestId };
      const http = tracing.record({
        name: 'HTTP',
        role: 'server',
        ms,
        below,
        ...(isBegin && { as: begun }),
        links: made === undefined || isBegin ? [] : [made],
        facts: {
          ...facts,
          'http.request.method': isKnownMethod(request.method) ? request.method : '_OTHER',
          'http.route': route,
          ...(response.headersSent && { 'http.response.status_code': response.statusCode }),
        },
        failed: !response.headersSent || response.statusCode >= 500,
      });
      if (begun !== undefined && !isBegin) tracing.record({ name: 'request', ms, as: begun, links: [http], facts });
    });
    next();
  };
}
