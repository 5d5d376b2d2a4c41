import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Access } from '../accounts/access.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { DoneNotice } from '../actions/done-notice.ts';
import { redisWork } from '../http/redis-work.ts';
import type { EventStreams } from '../live/event-streams.ts';
import { LiveReading } from '../live/live-reading.ts';
import { chartData } from './chart-data.ts';
import { overviewPage } from './overview-page.ts';
import { RenderedOverviews } from './overview-parts.ts';
import { OverviewReader, type OverviewSources, type Pace, usualPace } from './read-overview.ts';

const query = z.object({ consumer: z.string().trim().max(64).catch('') });

export interface OverviewOptions extends OverviewSources {
  caller: Caller;
  access: Access;
  streams: EventStreams;
  doneNotice: DoneNotice;
  /** `usualPace` when absent. */
  pace?: Pace;
}

/** `GET /` shows the overview, `GET /events` keeps it up to date, `GET /charts.json` has the last hours. */
export function overviewRoutes(options: OverviewOptions): Router {
  const { caller, access, streams, doneNotice, pace = usualPace } = options;
  const reader = new OverviewReader(options, pace);
  const live = new LiveReading(async () => await redisWork(5_000, reader.read()), pace.readMs);
  const rendered = new RenderedOverviews();
  const router = Router();

  // Whoever has changed something sees it at once on the page that comes then.
  router.use((request, response, next) => {
    if (request.method !== 'GET') {
      response.once('finish', () => {
        reader.forget();
        live.forget();
      });
    }
    next();
  });
  router.get('/', async (request, response) => {
    const account = signedIn(caller);
    const notice = await doneNotice(request, account);
    response.send(overviewPage(await live.current(), account, searchOf(request), notice));
  });
  router.get('/events', (request, response) => {
    const search = searchOf(request);
    streams.open(request, response, access, {
      reading: live,
      render: (overview, account) => rendered.of(overview, account, search),
    });
  });
  router.get('/charts.json', async (_request, response) => {
    response.json(chartData((await live.current()).minutes));
  });
  return router;
}

/** The text that is looked for in the names of consumers. */
function searchOf(request: Request): string {
  return query.parse({ consumer: '', ...request.query }).consumer;
}
