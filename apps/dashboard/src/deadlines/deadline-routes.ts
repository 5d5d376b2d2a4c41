import { deadlineStates } from '@session-queue/core';
import { Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import type { RequestSources } from '../requests/first-requests.ts';
import { deadlinePage } from './deadline-page.ts';
import { readDeadlines } from './read-deadlines.ts';

const query = z.object({ deadline: z.enum(deadlineStates).catch('at-risk') });

/** `GET /deadlines?deadline=` lists the open requests that are at risk, or have missed their deadline. */
export function deadlineRoutes(options: RequestSources & { caller: Caller }): Router {
  const router = Router();
  router.get('/deadlines', async (request, response) => {
    const account = signedIn(options.caller);
    const { deadline } = query.parse(request.query);
    response.send(deadlinePage(await redisWork(5_000, readDeadlines(options, deadline)), account));
  });
  return router;
}
