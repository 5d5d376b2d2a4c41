import { finalStates } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { requestActions } from '../actions/action-links.ts';
import type { PageParts } from '../live/event-stream.ts';
import { type Html, html } from '../pages/html.ts';
import { statePill } from '../pages/state-pill.ts';
import { counted, utc } from '../pages/wording.ts';
import { batchTable } from './batch-table.ts';
import { codeTable } from './code-table.ts';
import { requestFacts } from './request-facts.ts';
import { requestNotices } from './request-notices.ts';
import type { RequestPicture } from './request-picture.ts';
import { requestProgress } from './request-progress.ts';

/** The pieces of a request's page that are kept up to date, by the ids of their elements. */
export interface RequestParts {
  title: Html;
  state: Html;
  notices: Html;
  progress: Html;
  facts: Html;
  forms: Html | undefined;
  codes: Html | undefined;
  batches: Html;
  'as-of': Html;
}

export function requestParts(picture: RequestPicture, account: Account): RequestParts {
  const { request, readAt } = picture;
  return {
    title: html`${request.kind === 'deletion' ? 'Deletion' : 'Resubmission'} of ${counted(request.counts.total, 'item')}`,
    state: statePill(request.state),
    notices: html`${requestNotices(picture)}`,
    progress: requestProgress(picture),
    facts: requestFacts(picture),
    forms: requestActions(request, account),
    codes: codeTable(picture),
    batches: batchTable(picture),
    'as-of': html`As of ${utc(new Date(readAt).toISOString())}`,
  };
}

/** The pieces as text; over once the request is, and has told of its callback's end. */
export function requestPartsAsText(picture: RequestPicture, account: Account): PageParts {
  const { state, callback } = picture.request;
  const parts = Object.entries(requestParts(picture, account));
  return {
    parts: new Map(parts.map(([id, part]: [string, Html | undefined]) => [id, part?.text ?? ''])),
    isOver: finalStates.has(state) && callback?.state !== 'pending',
  };
}
