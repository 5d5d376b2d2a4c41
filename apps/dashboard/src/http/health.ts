import type { RedisConnection } from '@session-queue/core';
import { Router } from 'express';
import { redisWork } from './redis-work.ts';

/** `/healthz`: the process answers. `/readyz`: Redis answers as well. Both without sign-in, and silent about the rest. */
export function healthRoutes(redis: RedisConnection): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    try {
      await redisWork(2_000, redis.ping());
      response.json({ status: 'ready' });
    } catch {
      response.status(503).json({ status: 'not ready', reasons: ['Redis does not answer'] });
    }
  });
  return router;
}
