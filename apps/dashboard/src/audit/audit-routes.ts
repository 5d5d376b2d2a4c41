import { once } from 'node:events';
import type { AuditFilter, AuditTrail } from '@session-queue/core/engine';
import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import { auditCsvHead, auditCsvLine } from './audit-csv.ts';
import { auditPage } from './audit-page.ts';
import { auditedActions } from './audited-actions.ts';

const entriesOnAPage = 50;
const pageWithinMs = 5_000;

const query = z.object({
  who: z.string().trim().min(1).max(200).optional().catch(undefined),
  action: z.enum(auditedActions).optional().catch(undefined),
  /** A place in the stream. */
  before: z
    .string()
    .regex(/^\d{1,15}-\d{1,10}$/)
    .optional()
    .catch(undefined),
});

/** `GET /audit` shows the audit log page by page, `GET /audit.csv` gives all of it. Whoever signs in may read it: it tells of everybody alike. */
export function auditRoutes(trail: Pick<AuditTrail, 'page' | 'all'>, caller: Caller): Router {
  const router = Router();
  router.get('/audit', async (request, response) => {
    const { before, ...filter } = query.parse(request.query);
    const page = await redisWork(pageWithinMs, trail.page(filter, { before, limit: entriesOnAPage }));
    response.send(auditPage({ page, filter, isLater: before !== undefined, account: signedIn(caller) }));
  });
  router.get('/audit.csv', download(trail));
  return router;
}

function download(trail: Pick<AuditTrail, 'all'>): RequestHandler {
  return async (request, response) => {
    const entries = trail.all(filterOf(request))[Symbol.asyncIterator]();
    // Before anything is sent: a fault is still a page then.
    let entry = await redisWork(pageWithinMs, entries.next());
    response.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="audit.csv"',
    });
    response.write(auditCsvHead);
    while (entry.done !== true && !response.destroyed) {
      if (!response.write(auditCsvLine(entry.value)))
        await Promise.race([once(response, 'drain'), once(response, 'close')]);
      entry = await entries.next();
    }
    response.end();
  };
}

function filterOf(request: Request): AuditFilter {
  const { before: _before, ...filter } = query.parse(request.query);
  return filter;
}
