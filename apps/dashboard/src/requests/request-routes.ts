import { Refusal, unknownRequest as unknownToCore } from '@session-queue/core';
import { Router } from 'express';
import { followLivePage, type LivePage, type LivePageOptions, showLivePage } from '../live/live-page.ts';
import { requestPage } from './request-page.ts';
import { requestPartsAsText } from './request-parts.ts';
import { type RequestPicture, RequestReader, type RequestSources } from './request-picture.ts';
import { unknownRequest } from './unknown-request.ts';

export interface RequestOptions extends RequestSources, LivePageOptions {}

/** `GET /requests?id=` shows what became of a request, `GET /requests/events?id=` keeps that up to date until its end. */
export function requestRoutes(options: RequestOptions): Router {
  const page: LivePage<RequestPicture> = {
    noun: 'request',
    elsewhere: '/',
    unknown: unknownRequest,
    reader: (id) => {
      const reader = new RequestReader(options, id);
      return async () => known(await reader.read());
    },
    show: requestPage,
    asText: requestPartsAsText,
  };
  return Router().get('/requests', showLivePage(options, page)).get('/requests/events', followLivePage(options, page));
}

function known(picture: RequestPicture | undefined): RequestPicture {
  if (picture === undefined) throw new Refusal('not_found', unknownToCore);
  return picture;
}
