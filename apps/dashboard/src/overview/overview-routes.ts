import { Router } from 'express';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import { overviewPage } from './overview-page.ts';
import { type OverviewSources, readOverview } from './read-overview.ts';

/** `GET /` shows the overview. */
export function overviewRoutes(sources: OverviewSources, caller: Caller): Router {
  return Router().get('/', async (_request, response) => {
    const overview = await redisWork(5_000, readOverview(sources));
    response.send(overviewPage(overview, signedIn(caller)));
  });
}
