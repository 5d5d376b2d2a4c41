import type { SessionMetadata } from '../learnosity/answers.ts';
import type { SessionsPage } from '../learnosity/learnosity-client.ts';
import { LearnosityError } from '../learnosity/learnosity-error.ts';
import type { SessionFilter } from '../learnosity/session-filter.ts';

/** What a walk has come by: pages that held a session, and their sessions, counted as often as they were shown. */
export interface WalkCounts {
  readonly pages: number;
  readonly sessions: number;
}

/** Where a walk is: what asks for its next page, and what it has come by until there. Can be kept as JSON. */
export interface WalkPosition extends WalkCounts {
  readonly next: string;
}

/** As a record has it; `undefined` of a walk that has no page yet. */
export function positionOf(next?: string, pages?: string, shown?: string): WalkPosition | undefined {
  return next === undefined ? undefined : { next, pages: Number(pages), sessions: Number(shown) };
}

export interface WalkedPage {
  readonly sessions: readonly SessionMetadata[];
  /** Where to go on, also in another process, once these sessions have been dealt with. */
  readonly position: WalkPosition;
}

/** Fetches one page, as `LearnosityClient.listSessions` does. Quota slots and further attempts are its own affair. */
export type FetchSessionsPage = (
  filter: SessionFilter,
  options: { next?: string },
) => Promise<Pick<SessionsPage, 'sessions' | 'next' | 'headersArrived' | 'msSinceHeaders'>>;

/**
 * All sessions that a filter selects, page by page until the empty one, which is not yielded; returns the counts, with those of
 * `from`. A page is fetched when it is asked for, and not before. A session that is updated meanwhile may come twice.
 *
 * Throws what `fetchPage` throws: a walk from the last position goes on. Throws a `StrayedWalk` (UNREADABLE) when the pages go
 * in a circle, or end without an empty page: what was walked until then is not all.
 */
export async function* walkSessions(
  filter: SessionFilter,
  fetchPage: FetchSessionsPage,
  { from }: { from?: WalkPosition } = {},
): AsyncGenerator<WalkedPage, WalkCounts, undefined> {
  const asked = new Set<string>();
  let position = from;
  let counts: WalkCounts = { pages: from?.pages ?? 0, sessions: from?.sessions ?? 0 };
  for (;;) {
    if (position !== undefined) asked.add(position.next);
    const page = await fetchPage(filter, position === undefined ? {} : { next: position.next });
    const { sessions, next } = page;
    if (sessions.length === 0) return counts;
    counts = { pages: counts.pages + 1, sessions: counts.sessions + sessions.length };
    if (next === undefined) throw strayed(page, counts, 'a page with sessions came without meta.next');
    if (asked.has(next)) throw strayed(page, counts, 'meta.next is that of a page which was walked already');
    position = { next, ...counts };
    yield { sessions, position };
  }
}

/** The pages go in a circle, or end without an empty page: only a walk from the beginning may do better. */
export class StrayedWalk extends LearnosityError {}

/** The cursor itself stays out of it: nobody says that it holds no id. */
function strayed(
  { headersArrived, msSinceHeaders }: Awaited<ReturnType<FetchSessionsPage>>,
  { pages }: WalkCounts,
  fault: string,
): StrayedWalk {
  const remedy = 'Walk again from the beginning; if it comes again, ask Learnosity’s support';
  return new StrayedWalk(`Learnosity’s pages of sessions do not lead to an end, as of page ${pages}. ${remedy}`, {
    decision: 'transient',
    outcome: 'unknown',
    code: 'UNREADABLE',
    headersArrived,
    msSinceHeaders,
    cause: new Error(fault),
  });
}
