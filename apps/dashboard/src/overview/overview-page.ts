import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { part } from '../pages/part.ts';
import { requestSearch } from '../requests/request-search.ts';
import { chartFrames } from './chart-frames.ts';
import type { Overview } from './overview.ts';
import { overviewParts } from './overview-parts.ts';

/** The first page: is it working, how far is it, what stands still and why, and what to do. */
export function overviewPage(overview: Overview, account: Account, search: string, notice?: Html): string {
  const parts = overviewParts(overview, account, search);
  return layout({
    title: 'Overview',
    account,
    current: 'overview',
    refreshSeconds: 5,
    events: search === '' ? '/events' : `/events?consumer=${encodeURIComponent(search)}`,
    charts: true,
    main: html`<h1 class="unseen">Overview</h1>${notice}
<p class="verdict"><span id="verdict-word" data-part role="status">${parts['verdict-word']}</span> <span id="verdict-rest" data-part>${parts['verdict-rest']}</span></p>
${part('problems', parts.problems)}
${part('kinds', parts.kinds)}
${card('lanes', 'Consumers', html`${laneSearch(search)}${part('lanes', parts.lanes)}`)}
${part('verification', parts.verification)}
${card('charts', 'The last six hours, in UTC', html`${chartFrames()}${part('chart-table', parts['chart-table'])}`)}
${card('workers', 'Workers', part('workers', parts.workers))}
${card('requests', 'Latest requests', html`${requestSearch()}${part('requests', parts.requests)}`)}
${card('redis', 'Redis', part('redis', parts.redis))}
<p class="as-of" id="as-of" data-part>${parts['as-of']}</p>`,
  });
}

function card(id: string, title: string, content: Html): Html {
  return html`<section class="card" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;
}

/** A form of its own page, which the address keeps: it works without scripts, and can be sent to a colleague. */
function laneSearch(search: string): Html {
  return html`<form class="filter" action="/" role="search" aria-label="Consumers">
<label for="consumer">Consumer</label>
<input id="consumer" name="consumer" type="search" value="${search}" placeholder="A part of its name" maxlength="64" autocomplete="off" spellcheck="false">
<button class="quiet">Search</button>${search === '' ? undefined : html` <a href="/">Show all</a>`}
</form>`;
}
