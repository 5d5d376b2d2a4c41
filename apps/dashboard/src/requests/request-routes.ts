import { queueNames, type RedisConnection, type RequestView, type SessionQueue } from '@session-queue/core';
import { consumerKeys, readJobId } from '@session-queue/core/engine';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { boardJobPath, boardPath } from '../board/board-path.ts';
import { redisWork } from '../http/redis-work.ts';
import { noticePage } from '../pages/notice-page.ts';
import type { Queues } from '../queues.ts';
import { requestPage } from './request-page.ts';
import { unknownRequest } from './unknown-request.ts';

/** Longer than any request's id: jobs of longer ids are refused, and Bull Board links from them as well. */
const query = z.object({ id: z.string().trim().min(1).max(1_000) });

export interface RequestOptions {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'getRequest'>;
  caller: Caller;
}

/** `GET /requests?id=` shows what became of a request. */
export function requestRoutes(options: RequestOptions): Router {
  return Router().get('/requests', showRequest(options));
}

function showRequest({ redis, prefix, queues, sessionQueue, caller }: RequestOptions): RequestHandler {
  /** BullMQ numbers jobs that were added without an id; their requests remember the number. */
  async function findJobPath({ id, kind, consumer }: RequestView): Promise<string | undefined> {
    const job = await readJobId(consumerKeys(redis, prefix, consumer), id);
    const state = await queues.of(kind).requests.getJobState(job);
    return state === 'unknown' ? undefined : boardJobPath(queueNames[kind].requests, job);
  }

  return async (incoming, response) => {
    const account = signedIn(caller);
    const asked = query.safeParse(incoming.query);
    if (!asked.success) return response.redirect(303, '/');
    const request = await redisWork(5_000, sessionQueue.getRequest(asked.data.id));
    if (request === undefined) {
      return void response.status(404).send(noticePage({ title: 'Not found', message: unknownRequest, account }));
    }
    const names = queueNames[request.kind];
    const jobPath = await redisWork(5_000, findJobPath(request));
    const queuePath = boardPath(names.requests, 'latest');
    response.send(requestPage({ request, account, jobPath, queuePath, now: new Date() }));
  };
}
