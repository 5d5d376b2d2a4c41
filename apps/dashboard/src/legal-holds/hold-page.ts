import { foundNothing, type LegalHoldView } from '@session-queue/core';
import type { Account } from '../accounts/account.ts';
import { holdActions } from '../actions/action-links.ts';
import { fact, time } from '../pages/facts.ts';
import { type Html, html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { count, utc } from '../pages/wording.ts';
import { holdsPath } from './hold-path.ts';
import { foundWords, isChanging, onWords } from './hold-words.ts';

const refreshSeconds = 5;

export interface HoldPage {
  hold: LegalHoldView;
  account: Account;
  /** Ms of Redis's clock. */
  now: number;
  /** What has just been done. */
  notice: Html | undefined;
}

/** One legal hold: on what kind of thing, how many sessions it keeps, by whom and why; never which sessions or learner. */
export function holdPage({ hold, account, now, notice }: HoldPage): string {
  return layout({
    title: `Legal hold ${hold.id}`,
    account,
    current: 'legal-holds',
    refreshSeconds: isChanging(hold) ? refreshSeconds : undefined,
    main: html`${notice}<article class="card" id="hold" data-part>
<header><h1>Legal hold on ${onWords(hold)}</h1></header>
<p class="id whole">${hold.id}</p>
${notices(hold)}
${facts(hold, now)}
${holdActions(hold, account)}
</article>
<p class="as-of" id="as-of" data-part>As of ${utc(new Date(now).toISOString())}</p>`,
  });
}

function facts(hold: LegalHoldView, now: number): Html {
  const { consumer, sessions, by, reason, createdAt, liftedAt } = hold;
  return html`<dl class="facts">
${fact('Consumer', html`<a href="${holdsPath(consumer)}">${consumer}</a>`)}
${fact('On', onWords(hold))}
${fact(liftedAt === undefined ? 'Sessions that it keeps' : 'Sessions that it still keeps', count(sessions))}
${liftedAt === undefined ? fact('Known as of', foundWords(hold, now)) : fact('Being lifted since', time(liftedAt))}
${fact('Placed', time(createdAt))}
${fact('By', by)}
${fact('Reason', reason)}
</dl>`;
}

function notices(hold: LegalHoldView): Html[] {
  const { id, on, consumer, resolvedAt, waiting, liftedAt } = hold;
  const found: Html[] = [];
  if (foundNothing(hold)) {
    const what = `Learnosity shows no session of ${on === 'user' ? 'this learner' : 'this activity'}.`;
    const remedy =
      'See that its id is spelled as Learnosity has it. Sessions without metadata never show: hold those by their ids.';
    found.push(banner('warn', 'It keeps nothing:', what, remedy));
  }
  if (liftedAt !== undefined) {
    const what = 'its sessions may be deleted again, some after the other, unless another hold keeps them.';
    found.push(
      banner(
        'warn',
        'It is being lifted:',
        what,
        'It goes on by itself. What is to be kept all the same needs another hold.',
      ),
    );
  }
  if (waiting !== undefined) {
    const what = `its sessions are not found just now: ${waiting.message} (${waiting.code}).`;
    found.push(banner(resolvedAt === undefined ? 'bad' : 'warn', 'It waits:', what, 'It goes on by itself.'));
  }
  if (on !== 'sessions' && resolvedAt === undefined && liftedAt === undefined) {
    const what = `until its sessions are known no deletion of ${consumer} is sent.`;
    found.push(banner('warn', 'Deletions wait:', what, 'A worker finds them through their metadata.'));
  }
  const which =
    on === 'user'
      ? `session-queue legal-hold show ${id} tells on whom it is, and the HTTP API lists the sessions.`
      : 'the HTTP API lists them.';
  found.push(banner('calm', 'Pages name no session and no learner:', which));
  return found;
}

function banner(tone: 'bad' | 'warn' | 'calm', what: string, words: string, remedy?: string): Html {
  return html`<p class="banner ${tone}"><strong>${what}</strong> ${words}${remedy === undefined ? undefined : html` <span class="remedy">${remedy}</span>`}</p>
`;
}
