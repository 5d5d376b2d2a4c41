import { keptBackFor } from '@session-queue/core/engine';
import { Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import type { RequestSources } from '../requests/first-requests.ts';
import { approvalPage } from './approval-page.ts';
import { readApprovals } from './read-approvals.ts';

const query = z.object({ for: z.enum(keptBackFor).catch('approval') });

/** `GET /approvals?for=` lists the deletions that wait for approval, or are in their hold window. */
export function approvalRoutes(options: RequestSources & { caller: Caller }): Router {
  const router = Router();
  router.get('/approvals', async (request, response) => {
    const account = signedIn(options.caller);
    const { for: what } = query.parse(request.query);
    response.send(approvalPage(await redisWork(5_000, readApprovals(options, what)), account));
  });
  return router;
}
