import type { Account } from '../accounts/account.ts';
import { localAccount } from '../accounts/account.ts';
import { formTokenField } from '../http/form-token.ts';
import { type Html, html } from './html.ts';

/** A part of the dashboard that the menu leads to. */
export type Place =
  | 'overview'
  | 'selections'
  | 'rules'
  | 'legal-holds'
  | 'approvals'
  | 'deadlines'
  | 'queues'
  | 'audit';

export interface LayoutOptions {
  title: string;
  /** Who is signed in; absent on pages that everybody may see. */
  account?: Account | undefined;
  /** Marked in the menu. */
  current?: Place | undefined;
  /** Seconds after which the page is loaded again where scripts do not run. */
  refreshSeconds?: number | undefined;
  /** Where server-sent events come from that keep the page up to date. */
  events?: string | undefined;
  /** The page has charts. */
  charts?: boolean;
  /** The page is about a fault: once that has passed, a script shows what should have been here. */
  fault?: boolean;
  main: Html;
}

/** The frame of every page of ours. Works without scripts; with them, what is marked `data-part` is kept up to date. */
export function layout(options: LayoutOptions): string {
  const { account, refreshSeconds } = options;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${options.title} · Session Queue</title>
<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/dashboard.css">
${refreshSeconds !== undefined ? html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript><script src="/assets/live.js" defer></script>` : undefined}
${options.charts ? html`<script src="/assets/charts.js" defer></script>` : undefined}
</head>
<body${options.fault ? html` data-fault` : undefined}>
${skipLink('#main')}
${topBar(account, options.current)}
<main id="main"${options.events === undefined ? undefined : html` data-events="${options.events}"`}>
<p class="banner bad" id="stale" hidden></p>
${options.main}
</main>
</body>
</html>
`.text;
}

/** For those who come by keyboard: the first stop on every page. */
export function skipLink(target: string): Html {
  return html`<a class="skip" href="${target}">Skip to the content</a>`;
}

/** What stands above every page, Bull Board's too. */
export function topBar(account: Account | undefined, current: Place | undefined): Html {
  return html`<header class="top">
<a class="brand" href="/"><img src="/assets/logo.svg" alt="" width="28" height="28"> Session Queue</a>
${account === undefined ? undefined : menu(account, current)}
</header>`;
}

function menu(account: Account, current: Place | undefined): Html {
  const here = (place: Place) => (current === place ? html` aria-current="page"` : undefined);
  return html`<nav aria-label="Main">
<a href="/"${here('overview')}>Overview</a>
<a href="/selections"${here('selections')}>Selections</a>
<a href="/rules"${here('rules')}>Rules</a>
<a href="/legal-holds"${here('legal-holds')}>Legal holds</a>
<a href="/approvals"${here('approvals')}>Approvals</a>
<a href="/deadlines"${here('deadlines')}>Deadlines</a>
<a href="/queues/"${here('queues')}>Queues</a>
<a href="/audit"${here('audit')}>Audit log</a>
</nav>
<div class="account">
<span>${account.name} <small>${account.role}</small></span>
${account === localAccount ? undefined : html`<form method="post" action="/sign-out">${formTokenField(account)}<button class="quiet">Sign out</button></form>`}
</div>`;
}
