import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { callerNameOf } from '../auth/caller.ts';
import type { ProducerMetrics } from '../metrics/producer-metrics.ts';

/** Asked every few seconds by whatever watches the process. */
const quietRoutes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/**
 * One line, and one measurement, for each request once it is over. It names the route's pattern and never the address: ids in paths are
 * chosen by callers.
 */
export function accessLog(log: Logger, metrics: Pick<ProducerMetrics, 'answered'> | undefined): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const route = routeOf(request);
      const entry = {
        method: request.method,
        route,
        status: response.headersSent ? response.statusCode : undefined,
        ms: Math.round(performance.now() - startedAt),
        caller: callerNameOf(request),
        ...(response.writableFinished && request.errored === null ? {} : { cut: true }),
      };
      metrics?.answered({ method: request.method, route, status: entry.status, ms: entry.ms });
      if (quietRoutes.has(route)) log.debug(entry, 'request');
      else log.info(entry, 'request');
    });
    next();
  };
}

function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  return typeof route.path === 'string' ? route.path : 'none';
}
