import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { callerNameOf } from '../auth/caller.ts';
import type { ProducerMetrics } from '../metrics/producer-metrics.ts';
import { isQuietRoute, routeOf } from './routes.ts';

/** One line, and one measurement, for each request once it is over. */
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
      if (isQuietRoute(route)) log.debug(entry, 'request');
      else log.info(entry, 'request');
    });
    next();
  };
}
