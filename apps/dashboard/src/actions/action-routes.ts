import { Refusal, type SessionQueue } from '@session-queue/core';
import { type RequestHandler, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import type { Queues } from '../queues.ts';
import { requestPath } from '../requests/request-path.ts';

const queueForm = z.object({ queue: z.string() });
const requestForm = z.object({ id: z.string().min(1).max(255) });

export interface ActionOptions {
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'retryFailed'>;
  caller: Caller;
  audit: AuditLog;
}

/** What admins do on our own pages: pause and resume a queue, and put a request's failed items back in line. */
export function actionRoutes(options: ActionOptions): Router {
  const router = Router();
  router.use('/actions', urlencoded({ extended: false, limit: '8kb' }));
  router.post('/actions/pause', switchQueue('pause', options));
  router.post('/actions/resume', switchQueue('resume', options));
  router.post('/actions/retry', retryRequest(options));
  return router;
}

function switchQueue(action: 'pause' | 'resume', { queues, caller, audit }: ActionOptions): RequestHandler {
  return async (request, response) => {
    const name = queueForm.safeParse(request.body).data?.queue ?? '';
    const queue = queues.named(name);
    if (queue === undefined) throw new Refused(404, 'There is no such queue.');
    await audited(audit, signedIn(caller), { action, queue: queue.name }, async () => await queue[action]());
    response.redirect(303, '/');
  };
}

function retryRequest({ sessionQueue, caller, audit }: ActionOptions): RequestHandler {
  return async (request, response) => {
    const form = requestForm.safeParse(request.body);
    if (!form.success) throw new Refused(400, 'Name the request.');
    const { id } = form.data;
    const account = signedIn(caller);
    await audited(audit, account, { action: 'retry', request: id }, async () => {
      await sessionQueue.retryFailed(id, { reason: 'on the dashboard', by: account.name });
    });
    response.redirect(303, requestPath(id));
  };
}

async function audited(
  audit: AuditLog,
  account: Account,
  entry: Pick<AuditEntry, 'action' | 'queue' | 'request'>,
  act: () => Promise<void>,
): Promise<void> {
  try {
    if (account.role !== 'admin') throw new Refused(403, 'Only admins may do this.');
    await redisWork(10_000, act());
  } catch (error) {
    const reason = error instanceof Error ? error.message : undefined;
    // An id that no request has may be anything, an item in the wrong place too.
    const isKnown = error instanceof Refusal && error.code === 'conflict';
    audit.record({ ...entry, request: isKnown ? entry.request : undefined, account, allowed: false, reason });
    throw error;
  }
  audit.record({ ...entry, account, allowed: true });
}
