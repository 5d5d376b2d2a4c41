import type { SelectionView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { selectionActions } from '../actions/action-links.ts';
import type { PageParts } from '../live/event-stream.ts';
import { type Html, html } from '../pages/html.ts';
import { selectionPill } from '../pages/state-pill.ts';
import { counted, utc } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { selectionBreakdown } from './selection-breakdown.ts';
import { selectionFacts } from './selection-facts.ts';

/** A selection as it was read at one time. */
export interface SelectionPicture {
  selection: SelectionView;
  /** Ms of Redis's clock. */
  readAt: number;
}

/** The pieces of a selection's page that are kept up to date, by the ids of their elements. */
export interface SelectionParts {
  title: Html;
  state: Html;
  notices: Html;
  facts: Html;
  breakdown: Html | undefined;
  forms: Html | undefined;
  'as-of': Html;
}

export function selectionParts({ selection, readAt }: SelectionPicture, account: Account): SelectionParts {
  const { state, count } = selection;
  return {
    title: html`Selection of ${counted(count, 'session')}${state === 'walking' ? ' so far' : undefined}`,
    state: selectionPill(state),
    notices: html`${notices(selection)}`,
    facts: selectionFacts(selection),
    breakdown: selectionBreakdown(selection),
    forms: selectionActions(selection, account),
    'as-of': html`As of ${utc(new Date(readAt).toISOString())}`,
  };
}

/** The pieces as text; over once the walk is. */
export function selectionPartsAsText(picture: SelectionPicture, account: Account): PageParts {
  const parts = Object.entries(selectionParts(picture, account));
  return {
    parts: new Map(parts.map(([id, part]: [string, Html | undefined]) => [id, part?.text ?? ''])),
    isOver: picture.selection.state !== 'walking',
  };
}

function notices({ state, count, error, waiting, request }: SelectionView): Html[] {
  const found: Html[] = [];
  if (error !== undefined) {
    const what = `${error.message} (${error.code}).`;
    found.push(
      banner('bad', 'It failed:', what, 'Nothing of it can be deleted. Mend what is wrong, and select again.'),
    );
  }
  if (waiting !== undefined) {
    found.push(banner('warn', 'It waits:', `${waiting.message} (${waiting.code}).`, 'It goes on by itself.'));
  }
  if (request !== undefined) {
    found.push(html`<p class="banner calm"><strong>A request deletes it:</strong> <a href="${requestPath(request)}">${request}</a></p>
`);
  } else if (state === 'ready' && count > 0) {
    const what = 'look at the sessions before they are deleted.';
    found.push(
      banner(
        'calm',
        'A preview, and nothing is deleted by it:',
        what,
        'Pages show no session ids: session-queue preview lists them, and so does the HTTP API.',
      ),
    );
  }
  if (state === 'cancelled')
    found.push(banner('calm', 'Cancelled:', 'what it found is forgotten.', 'Nothing was deleted by it.'));
  return found;
}

function banner(tone: 'bad' | 'warn' | 'calm', what: string, words: string, remedy: string): Html {
  return html`<p class="banner ${tone}"><strong>${what}</strong> ${words} <span class="remedy">${remedy}</span></p>
`;
}
