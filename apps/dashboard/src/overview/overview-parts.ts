import type { Account } from '../accounts/account.ts';
import type { PageParts } from '../live/event-stream.ts';
import { type Html, html } from '../pages/html.ts';
import { utc } from '../pages/wording.ts';
import { chartTable } from './chart-table.ts';
import { kindList } from './kind-list.ts';
import { laneTable } from './lane-table.ts';
import type { Overview } from './overview.ts';
import { problemList } from './problem-list.ts';
import { problemsOf } from './problems.ts';
import { redisFacts } from './redis-facts.ts';
import { requestList } from './request-list.ts';
import { verdictOn } from './verdict.ts';
import { verdictLine } from './verdict-line.ts';
import { verificationCard } from './verification-card.ts';
import { workerTable } from './worker-table.ts';

/** The pieces of the first page that are kept up to date, by the ids of their elements. */
export interface OverviewParts {
  'verdict-word': Html;
  'verdict-rest': Html;
  problems: Html | undefined;
  kinds: Html;
  lanes: Html;
  verification: Html | undefined;
  'chart-table': Html;
  workers: Html;
  requests: Html;
  redis: Html;
  'as-of': Html;
}

/** The pieces as somebody sees them who looks for these consumers. */
export function overviewParts(overview: Overview, account: Account, search: string): OverviewParts {
  const { word, rest } = verdictLine(verdictOn(overview));
  return {
    'verdict-word': word,
    'verdict-rest': rest,
    problems: problemList(problemsOf(overview)),
    kinds: kindList(overview, account),
    lanes: laneTable(overview, account, search),
    verification: verificationCard(overview),
    'chart-table': chartTable(overview),
    workers: workerTable(overview),
    requests: requestList(overview.requests, overview.readAt),
    redis: redisFacts(overview),
    'as-of': html`As of ${utc(new Date(overview.readAt).toISOString())}`,
  };
}

/** The pieces as text, made once for all who see the same of a reading. */
export class RenderedOverviews {
  readonly #rendered = new WeakMap<Overview, Map<string, PageParts>>();

  of(overview: Overview, account: Account, search: string): PageParts {
    const views = this.#rendered.get(overview) ?? new Map<string, PageParts>();
    this.#rendered.set(overview, views);
    const view = JSON.stringify([account.name, account.role, search]);
    const found = views.get(view) ?? partsAsText(overviewParts(overview, account, search));
    views.set(view, found);
    return found;
  }
}

function partsAsText(parts: OverviewParts): PageParts {
  const texts = Object.entries(parts).map(([id, part]: [string, Html | undefined]) => [id, part?.text ?? ''] as const);
  return { parts: new Map(texts) };
}
