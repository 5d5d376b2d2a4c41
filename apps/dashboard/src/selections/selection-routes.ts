import {
  consumerNameSchema,
  type RedisConnection,
  Refusal,
  type Selections,
  type SelectionView,
  selectionStates,
} from '@session-queue/core';
import { redisNow } from '@session-queue/core/engine';
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
import { selectionListPage } from './selection-list-page.ts';
import { selectionPage } from './selection-page.ts';
import { type SelectionPicture, selectionPartsAsText } from './selection-parts.ts';
import { unknownSelection } from './unknown-selection.ts';

const selectionsOnAPage = 50;
const readWithinMs = 5_000;
/** All who look at a selection share one reading in this time, in ms. */
const readEveryMs = 2_000;

const one = z.object({ id: z.string().trim().min(1).max(1_000) });
const listed = z.object({
  state: z.enum(selectionStates).optional().catch(undefined),
  consumer: consumerNameSchema.optional().catch(undefined),
  next: z.string().min(1).max(1_000).optional().catch(undefined),
});

export interface SelectionOptions {
  redis: RedisConnection;
  sessionQueue: Pick<Selections, 'getSelection' | 'listSelections'>;
  caller: Caller;
  access: Access;
  streams: EventStreams;
  doneNotice: DoneNotice;
}

/** `GET /selections` lists them, `GET /selection?id=` shows one, `GET /selection/events?id=` keeps that up to date until its walk ends. */
export function selectionRoutes(options: SelectionOptions): Router {
  const router = Router();
  router.get('/selections', listSelections(options));
  router.get('/selection', showSelection(options));
  router.get('/selection/events', followSelection(options));
  return router;
}

function listSelections({ redis, sessionQueue, caller }: SelectionOptions): RequestHandler {
  return async (incoming, response) => {
    const { next, ...filter } = listed.parse(incoming.query);
    const { state, consumer } = filter;
    const consumers = consumer === undefined ? undefined : [consumer];
    const page = { limit: selectionsOnAPage, ...(next !== undefined && { next }) };
    const reading = Promise.all([sessionQueue.listSelections({ state, consumers }, page), redisNow(redis)]);
    const [found, now] = await redisWork(readWithinMs, reading);
    const account = signedIn(caller);
    response.send(selectionListPage({ page: found, filter, isLater: next !== undefined, account, now }));
  };
}

function showSelection(options: SelectionOptions): RequestHandler {
  return async (incoming, response) => {
    const account = signedIn(options.caller);
    const asked = one.safeParse(incoming.query);
    if (!asked.success) return response.redirect(303, '/selections');
    const picture = await redisWork(readWithinMs, read(options, asked.data.id)).catch(unlessUnknown);
    if (picture === undefined) {
      return void response.status(404).send(noticePage({ title: 'Not found', message: unknownSelection, account }));
    }
    response.send(selectionPage(picture, account, await options.doneNotice(incoming, account)));
  };
}

function followSelection(options: SelectionOptions): RequestHandler {
  const followed = new Followed<SelectionPicture>(
    (id) => new LiveReading(() => redisWork(readWithinMs, read(options, id)), readEveryMs),
  );
  return async (incoming, response) => {
    const asked = one.safeParse(incoming.query);
    if (!asked.success) throw new Refused(400, 'Name the selection.');
    const { access, streams } = options;
    await followed.follow(asked.data.id, (reading) => {
      streams.open(incoming, response, access, { reading, render: selectionPartsAsText });
      return response;
    });
  };
}

async function read({ redis, sessionQueue }: SelectionOptions, id: string): Promise<SelectionPicture> {
  const [selection, readAt]: [SelectionView, number] = await Promise.all([
    sessionQueue.getSelection(id),
    redisNow(redis),
  ]);
  return { selection, readAt };
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
}
