import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import type { AuditLog, KeptEntry } from './audit-log.ts';
import { type AuditFilter, auditPage } from './audit-page.ts';

const pageSize = 50;
/** A download has so many entries at most. */
const csvEntries = 100_000;
const csvPage = 5_000;
const deadlineMs = 5_000;

const text = z.string().max(64).catch('');
const querySchema = z.object({
  who: text,
  action: text,
  from: z
    .string()
    .regex(/^\d{1,20}-\d{1,20}$/)
    .optional()
    .catch(undefined),
});

/** `GET /audit`, and the same as `/audit.csv`: for everybody who signs in, so that those who act know that others see it. */
export function auditRoutes({ audit, caller }: { audit: AuditLog; caller: Caller }): Router {
  const router = Router();
  router.get('/audit', async (request, response) => {
    const account = signedIn(caller);
    const { from, ...filter } = asked(request);
    const { entries, next } = await redisWork(deadlineMs, audit.read(from, pageSize, matching(filter)));
    response.send(auditPage({ entries, next, filter, account }));
  });
  router.get('/audit.csv', async (request, response) => {
    const { from: _from, ...filter } = asked(request);
    response.type('text/csv').attachment('audit.csv');
    response.write('time,who,role,action,on,outcome,reason,address\r\n');
    let from: string | undefined;
    for (let sent = 0; sent < csvEntries; sent += csvPage) {
      const page = await redisWork(deadlineMs, audit.read(from, csvPage, matching(filter)));
      response.write(page.entries.map(csvLine).join(''));
      if (page.next === undefined) break;
      from = page.next;
    }
    response.end();
  });
  return router;
}

function asked(request: Request): AuditFilter & { from?: string | undefined } {
  return querySchema.parse(request.query);
}

function matching({ who, action }: AuditFilter): (entry: KeptEntry) => boolean {
  return (entry) => (who === '' || entry.who === who) && (action === '' || entry.action === action);
}

function csvLine({ at, who, role, action, on, outcome, reason, address }: KeptEntry): string {
  return `${[new Date(at).toISOString(), who, role, action, on, outcome, reason, address].map(csvCell).join(',')}\r\n`;
}

/** A cell that a spreadsheet would take for a formula is made text. */
function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
