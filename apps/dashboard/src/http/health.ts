import { Router } from 'express';
import type { Queues } from '../queues.ts';
import { redisWork } from './redis-work.ts';

/** `/healthz`: the process answers. `/readyz`: so does Redis, through each queue. Both without sign-in, and no details. */
export function healthRoutes(queues: Queues): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    try {
      await redisWork(2_000, queues.check());
      response.json({ status: 'ready' });
    } catch {
      response.status(503).json({ status: 'not ready', reasons: ['Redis does not answer'] });
    }
  });
  return router;
}
