import type { Account } from '../accounts/account.ts';
import { html } from './html.ts';
import { layout } from './layout.ts';

export interface Notice {
  title: string;
  message: string;
  account?: Account | undefined;
  /** Loads the page again, for a fault that passes. */
  refreshSeconds?: number | undefined;
  /** Where to look instead. */
  way?: { path: string; words: string } | undefined;
}

/** A page that says one thing: what went wrong, or was not found. */
export function noticePage(notice: Notice): string {
  return layout({
    title: notice.title,
    account: notice.account,
    refreshSeconds: notice.refreshSeconds,
    fault: notice.refreshSeconds !== undefined,
    main: html`<section class="notice">
<h1>${notice.title}</h1>
<p>${notice.message}</p>
${
  notice.way === undefined
    ? undefined
    : html`<p><a href="${notice.way.path}">${notice.way.words}</a></p>
`
}<p><a href="/">Back to the overview</a></p>
</section>`,
  });
}
