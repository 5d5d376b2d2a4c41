import { Refusal, unknownRequest as unknownToCore } from '@session-queue/core';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Access } from '../accounts/access.ts';
import type { Caller } from '../accounts/caller.ts';
import { signedIn } from '../accounts/signed-in.ts';
import type { DoneNotice } from '../actions/done-notice.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import type { EventStreams } from '../live/event-streams.ts';
import { Followed } from '../live/followed.ts';
import { LiveReading } from '../live/live-reading.ts';
import { noticePage } from '../pages/notice-page.ts';
import { requestPage } from './request-page.ts';
import { requestPartsAsText } from './request-parts.ts';
import { type RequestPicture, RequestReader, type RequestSources } from './request-picture.ts';
import { unknownRequest } from './unknown-request.ts';

/** Longer than any request's id: jobs of longer ids are refused, and Bull Board links from them as well. */
const query = z.object({ id: z.string().trim().min(1).max(1_000) });
/** All who look at a request share one reading in this time, in ms. */
const readEveryMs = 2_000;

export interface RequestOptions extends RequestSources {
  caller: Caller;
  access: Access;
  streams: EventStreams;
  doneNotice: DoneNotice;
}

/** `GET /requests?id=` shows what became of a request, `GET /requests/events?id=` keeps that up to date until its end. */
export function requestRoutes(options: RequestOptions): Router {
  const router = Router();
  router.get('/requests', showRequest(options));
  router.get('/requests/events', followRequest(options));
  return router;
}

function showRequest(options: RequestOptions): RequestHandler {
  return async (incoming, response) => {
    const account = signedIn(options.caller);
    const asked = query.safeParse(incoming.query);
    if (!asked.success) return response.redirect(303, '/');
    const picture = await redisWork(5_000, new RequestReader(options, asked.data.id).read());
    if (picture === undefined) {
      return void response.status(404).send(noticePage({ title: 'Not found', message: unknownRequest, account }));
    }
    response.send(requestPage(picture, account, await options.doneNotice(incoming, account)));
  };
}

function followRequest(options: RequestOptions): RequestHandler {
  const followed = new Followed<RequestPicture>((id) => {
    const reader = new RequestReader(options, id);
    return new LiveReading(async () => known(await redisWork(5_000, reader.read())), readEveryMs);
  });
  return async (incoming, response) => {
    const asked = query.safeParse(incoming.query);
    if (!asked.success) throw new Refused(400, 'Name the request.');
    const { access, streams } = options;
    await followed.follow(asked.data.id, (reading) => {
      streams.open(incoming, response, access, { reading, render: requestPartsAsText });
      return response;
    });
  };
}

function known(picture: RequestPicture | undefined): RequestPicture {
  if (picture === undefined) throw new Refusal('not_found', unknownToCore);
  return picture;
}
