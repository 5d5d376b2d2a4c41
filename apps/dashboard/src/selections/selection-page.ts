import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { part } from '../pages/part.ts';
import { type SelectionPicture, selectionParts } from './selection-parts.ts';
import { selectionEventsPath } from './selection-path.ts';

/** What a selection has come to, and what may be done about it; never which sessions it found. */
export function selectionPage(picture: SelectionPicture, account: Account, notice?: Html): string {
  const { selection } = picture;
  const parts = selectionParts(picture, account);
  return layout({
    title: `Selection ${selection.id}`,
    account,
    current: 'selections',
    refreshSeconds: selection.state === 'walking' ? 5 : undefined,
    events: selectionEventsPath(selection.id),
    main: html`${notice}<article class="card">
<header><h1 id="title" data-part>${parts.title}</h1><span id="state" data-part role="status">${parts.state}</span></header>
<p class="id whole">${selection.id}</p>
${part('notices', parts.notices)}
${part('facts', parts.facts)}
${part('breakdown', parts.breakdown)}
${part('forms', parts.forms)}
</article>
<p class="as-of" id="as-of" data-part>${parts['as-of']}</p>`,
  });
}
