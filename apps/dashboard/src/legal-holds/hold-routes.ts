import {
  consumerNameSchema,
  LegalHoldStore,
  type LegalHolds,
  type RedisConnection,
  Refusal,
  type SessionQueue,
} from '@session-queue/core';
import { BusyConsumers, redisNow } from '@session-queue/core/engine';
import { Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { DoneNotice } from '../actions/done-notice.ts';
import { redisWork } from '../http/redis-work.ts';
import { noticePage } from '../pages/notice-page.ts';
import { holdListPage } from './hold-list-page.ts';
import { holdPage } from './hold-page.ts';
import { readHolds } from './read-holds.ts';
import { unknownHold } from './unknown-hold.ts';

const pageWithinMs = 5_000;
/** Holds that the list shows, the newest ones. */
const mostShown = 200;

const listed = z.object({ consumer: consumerNameSchema.optional().catch(undefined) });
const one = z.object({ id: z.string().trim().min(1).max(1_000) });

export interface HoldRoutesOptions {
  redis: RedisConnection;
  prefix: string;
  sessionQueue: Pick<SessionQueue, 'consumers'>;
  holds: Pick<LegalHolds, 'getLegalHold'>;
  caller: Caller;
  doneNotice: DoneNotice;
}

/** `GET /legal-holds` lists what is never deleted, `GET /legal-hold?id=` shows one hold. */
export function holdRoutes({ redis, prefix, sessionQueue, holds, caller, doneNotice }: HoldRoutesOptions): Router {
  const store = new LegalHoldStore(redis, prefix);
  const busy = new BusyConsumers(redis, prefix);
  const router = Router();
  router.get('/legal-holds', async (request, response) => {
    const account = signedIn(caller);
    const { consumer } = listed.parse(request.query);
    const read = async () => {
      const known = [...(await sessionQueue.consumers()), ...(await busy.list())];
      const consumers = consumer === undefined ? [...new Set(known)] : [consumer];
      return await Promise.all([readHolds(store, consumers, mostShown), redisNow(redis)]);
    };
    const [found, now] = await redisWork(pageWithinMs, read());
    response.send(holdListPage({ ...found, consumer, account, now, notice: await doneNotice(request, account) }));
  });
  router.get('/legal-hold', async (request, response) => {
    const account = signedIn(caller);
    const asked = one.safeParse(request.query);
    if (!asked.success) return response.redirect(303, '/legal-holds');
    const read = Promise.all([holds.getLegalHold(asked.data.id).catch(unlessUnknown), redisNow(redis)]);
    const [hold, now] = await redisWork(pageWithinMs, read);
    if (hold === undefined) {
      return void response.status(404).send(noticePage({ title: 'Not found', message: unknownHold, account }));
    }
    response.send(holdPage({ hold, account, now, notice: await doneNotice(request, account) }));
  });
  return router;
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
}
