import { consumerNameSchema, type RedisConnection, type Selections, selectionStates } from '@session-queue/core';
import { redisNow } from '@session-queue/core/engine';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { signedIn } from '../accounts/signed-in.ts';
import { redisWork } from '../http/redis-work.ts';
import { followLivePage, type LivePage, type LivePageOptions, showLivePage } from '../live/live-page.ts';
import { selectionListPage } from './selection-list-page.ts';
import { selectionPage } from './selection-page.ts';
import { type SelectionPicture, selectionPartsAsText } from './selection-parts.ts';
import { unknownSelection } from './unknown-selection.ts';

const selectionsOnAPage = 50;
const listWithinMs = 5_000;

const listed = z.object({
  state: z.enum(selectionStates).optional().catch(undefined),
  consumer: consumerNameSchema.optional().catch(undefined),
  next: z.string().min(1).max(1_000).optional().catch(undefined),
});

export interface SelectionOptions extends LivePageOptions {
  redis: RedisConnection;
  sessionQueue: Pick<Selections, 'getSelection' | 'listSelections'>;
}

/** `GET /selections` lists them, `GET /selection?id=` shows one, `GET /selection/events?id=` keeps that up to date until its walk ends. */
export function selectionRoutes(options: SelectionOptions): Router {
  const page: LivePage<SelectionPicture> = {
    noun: 'selection',
    elsewhere: '/selections',
    unknown: unknownSelection,
    reader: (id) => async () => await read(options, id),
    show: selectionPage,
    asText: selectionPartsAsText,
  };
  return Router()
    .get('/selections', listSelections(options))
    .get('/selection', showLivePage(options, page))
    .get('/selection/events', followLivePage(options, page));
}

function listSelections({ redis, sessionQueue, caller }: SelectionOptions): RequestHandler {
  return async (incoming, response) => {
    const { next, ...filter } = listed.parse(incoming.query);
    const { state, consumer } = filter;
    const consumers = consumer === undefined ? undefined : [consumer];
    const page = { limit: selectionsOnAPage, ...(next !== undefined && { next }) };
    const reading = Promise.all([sessionQueue.listSelections({ state, consumers }, page), redisNow(redis)]);
    const [found, now] = await redisWork(listWithinMs, reading);
    const account = signedIn(caller);
    response.send(selectionListPage({ page: found, filter, isLater: next !== undefined, account, now }));
  };
}

async function read({ redis, sessionQueue }: SelectionOptions, id: string): Promise<SelectionPicture> {
  const [selection, readAt] = await Promise.all([sessionQueue.getSelection(id), redisNow(redis)]);
  return { selection, readAt };
}
