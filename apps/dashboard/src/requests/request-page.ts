import { finalStates } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { part } from '../pages/part.ts';
import { requestParts } from './request-parts.ts';
import { requestEventsPath } from './request-path.ts';
import type { RequestPicture } from './request-picture.ts';
import { requestSearch } from './request-search.ts';

/** What became of a request: where its items are, in which batches and why some failed, and never the items. */
export function requestPage(picture: RequestPicture, account: Account, notice?: Html): string {
  const { request } = picture;
  const parts = requestParts(picture, account);
  return layout({
    title: `Request ${request.id}`,
    account,
    refreshSeconds: finalStates.has(request.state) ? undefined : 5,
    events: requestEventsPath(request.id),
    main: html`${notice}${requestSearch(request.id)}
<article class="card">
<header><h1 id="title" data-part>${parts.title}</h1><span id="state" data-part role="status">${parts.state}</span></header>
<p class="id whole">${request.id}</p>
${part('notices', parts.notices)}
${part('progress', parts.progress)}
${part('facts', parts.facts)}
${part('forms', parts.forms)}
</article>
${part('codes', parts.codes)}
${part('batches', parts.batches)}
<p class="as-of" id="as-of" data-part>${parts['as-of']}</p>`,
  });
}
