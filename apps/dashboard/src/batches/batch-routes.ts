import { consumerNameSchema, type RedisConnection } from '@session-queue/core';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { findBatch } from '../board/batch-records.ts';
import { redisWork } from '../http/redis-work.ts';
import { noticePage } from '../pages/notice-page.ts';
import { batchPage } from './batch-page.ts';

const query = z.object({ consumer: consumerNameSchema, id: z.string().min(1).max(255) });

const unknownBatch =
  'There is no record of this batch. Records go some time after their batch was settled (RETENTION_DAYS).';

export interface BatchOptions {
  redis: RedisConnection;
  prefix: string;
  caller: Caller;
}

/** `GET /batches?consumer=&id=` shows a batch, and leads to its requests. */
export function batchRoutes(options: BatchOptions): Router {
  return Router().get('/batches', showBatch(options));
}

function showBatch({ redis, prefix, caller }: BatchOptions): RequestHandler {
  return async (incoming, response) => {
    const account = signedIn(caller);
    const asked = query.safeParse(incoming.query);
    if (!asked.success) return response.redirect(303, '/');
    const batch = await redisWork(5_000, findBatch(redis, prefix, asked.data));
    if (batch === undefined) {
      return void response.status(404).send(noticePage({ title: 'Not found', message: unknownBatch, account }));
    }
    response.send(batchPage(batch, account));
  };
}
