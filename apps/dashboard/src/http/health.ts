import { checkSystem, type RedisConnection } from '@session-queue/core';
import { Router } from 'express';

/**
 * `/healthz`: the process answers. `/readyz`: Redis answers, with what is wrong there in the words of all apps and of the command line's
 * doctor. Nothing else makes it unready: a person looks here when Redis is short of memory or not safe. Both without sign-in, and no names.
 */
export function healthRoutes(redis: RedisConnection, prefix: string): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const { problems, warnings, unchecked } = await checkSystem(redis, prefix);
    const isReady = !problems.some(({ code }) => code === 'unreachable');
    const more = { problems, warnings, unchecked };
    response.status(isReady ? 200 : 503).json({ status: isReady ? 'ready' : 'not ready', ...more });
  });
  return router;
}
