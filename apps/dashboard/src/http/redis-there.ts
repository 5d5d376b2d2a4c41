import type { RedisConnection } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { Refused } from './refused.ts';

/** What the connection calls itself while it takes commands; a cluster says 'connect' at first. */
const usable: ReadonlySet<string> = new Set(['ready', 'connect']);

/** The title of pages that cannot be shown without Redis. */
export const redisAway = 'Redis is away';

/** Answers 503 at once while there is no connection: BullMQ's queues would wait for the first one without end. */
export function redisThere(redis: RedisConnection): RequestHandler {
  return (_request, _response, next) => {
    next(
      usable.has(redis.status)
        ? undefined
        : new Refused(503, 'Redis cannot be reached. Nothing is lost; try again once it is back.', {
            title: redisAway,
          }),
    );
  };
}
