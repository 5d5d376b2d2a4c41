import {
  finalStates,
  type Kind,
  type LegalHoldView,
  queueNames,
  type RequestView,
  type RuleView,
  type SelectionView,
} from '@session-queue/core';
import { stoppedByHand } from '@session-queue/core/engine';
import type { Account } from '../accounts/account.ts';
import { onWords } from '../legal-holds/hold-words.ts';
import type { KindState, Lane } from '../overview/overview.ts';
import { type Html, html } from '../pages/html.ts';
import { counted } from '../pages/wording.ts';
import { type Action, actionWords, kindWords } from './action-words.ts';
import { may } from './least-roles.ts';

/** Where somebody is asked for a reason before an action. Its target stands in the query. */
export function actionPath(action: Action, target: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(target).toString();
  return query === '' ? `/actions/${action}` : `/actions/${action}?${query}`;
}

/** What somebody may do about a request as it is now: links to forms, since a page that keeps itself up to date would take away what is typed. */
export function requestActions(request: RequestView, account: Account): Html | undefined {
  const { id, counts } = request;
  const words: Partial<Record<Action, string>> = { retry: `Retry ${counted(counts.failed, 'failed item')}` };
  return row(
    actionsFor(request, account).flatMap((action) =>
      link(action, { id }, account, words[action] ?? actionWords[action].label),
    ),
  );
}

/** What somebody may do about a selection as it is now. */
export function selectionActions({ id, state, count }: SelectionView, account: Account): Html | undefined {
  const links: Html[] = [];
  if (state === 'ready' && count > 0) links.push(...link('delete-selection', { id }, account));
  if (state === 'ready' || state === 'walking') links.push(...link('cancel-selection', { id }, account));
  return row(links);
}

/** The switch of a lane. A lane that a fault has stopped can be stopped by hand as well: it then stays so once that is mended. */
export function laneActions({ consumer, kind, stop }: Lane, account: Account): Html | undefined {
  const action = stop?.code === stoppedByHand ? 'start-lane' : 'stop-lane';
  const label = html`${actionWords[action].label}<span class="unseen"> ${kindWords(kind)} of ${consumer}</span>`;
  return html`${link(action, { consumer, kind }, account, label, 'quiet')}`;
}

/** Leads to the form of a new legal hold, of this consumer where one is named. */
export function placeHoldLink(account: Account, consumer: string | undefined): Html {
  return newLink('place-hold', account, consumer);
}

/** Leads to the form of a new selection, of this consumer where one is named. */
export function selectLink(account: Account, consumer: string | undefined): Html {
  return newLink('select', account, consumer);
}

function newLink(action: 'place-hold' | 'select', account: Account, consumer: string | undefined): Html {
  return html`${link(action, consumer === undefined ? {} : { consumer }, account)}`;
}

/** What somebody may do about a legal hold, on its own page. */
export function holdActions(hold: LegalHoldView, account: Account): Html | undefined {
  return row(liftLink(hold, account));
}

/** The same in a list. */
export function holdLift(hold: LegalHoldView, account: Account): Html {
  return html`${liftLink(hold, account)}`;
}

/** One that is being lifted is lifted by itself. */
function liftLink(hold: LegalHoldView, account: Account): Html[] {
  if (hold.liftedAt !== undefined) return [];
  const label = html`${actionWords['lift-hold'].label}<span class="unseen"> the legal hold on ${onWords(hold)}</span>`;
  return link('lift-hold', { id: hold.id }, account, label, 'quiet');
}

type Switched = Pick<RuleView, 'name' | 'enabled'>;

/** The switch of a retention rule, on its own page. */
export function ruleActions(rule: Switched, account: Account): Html | undefined {
  return row(ruleLink(rule, account));
}

/** The same in a list. */
export function ruleSwitch(rule: Switched, account: Account): Html {
  return html`${ruleLink(rule, account)}`;
}

function ruleLink({ name, enabled }: Switched, account: Account): Html[] {
  const action = enabled ? 'disable-rule' : 'enable-rule';
  const label = html`${actionWords[action].label}<span class="unseen"> the rule ${name}</span>`;
  return link(action, { rule: name }, account, label, 'quiet');
}

/** The switch of all of a kind, and those of its two queues. */
export function kindActions(
  { kind, stop, isIntakePaused, isSendingPaused }: KindState,
  account: Account,
): Html | undefined {
  const action = stop === undefined ? 'stop-kind' : 'start-kind';
  const { requests, batches } = queueNames[kind];
  return row([
    ...link(
      action,
      { kind },
      account,
      `${actionWords[action].label} ${kindWords(kind)}`,
      stop === undefined ? 'danger' : 'primary',
    ),
    ...queueLink(requests, 'intake', kind, isIntakePaused, account),
    ...queueLink(batches, 'sending', kind, isSendingPaused, account),
  ]);
}

function queueLink(queue: string, what: string, kind: Kind, isPaused: boolean, account: Account): Html[] {
  const action = isPaused ? 'resume' : 'pause';
  const label = html`${actionWords[action].label} ${what}<span class="unseen"> of ${kindWords(kind)}</span>`;
  return link(action, { queue }, account, label, isPaused ? 'primary' : 'quiet');
}

/** A refused request has nothing to send again: its items were not kept. Who asked for a deletion cannot approve of it. */
function actionsFor(
  { kind, state, counts, error, startsAt, notBefore, requestedBy, keyName }: RequestView,
  { name }: Account,
): Action[] {
  if (finalStates.has(state)) return counts.failed > 0 && error === undefined ? ['retry'] : [];
  if (state === 'waiting') {
    const isOwn = requestedBy === name || keyName === name;
    return [...(isOwn ? [] : (['approve'] as const)), ...revocable({ counts })];
  }
  const isPutOff = kind === 'deletion' && state === 'accepted' && (startsAt ?? notBefore) !== undefined;
  if (isPutOff) return ['hold', ...revocable({ counts })];
  if (state === 'held') return ['release', 'cancel'];
  return state === 'accepted' || state === 'processing' ? ['hold', 'cancel'] : [];
}

/** What may have been sent can only be cancelled. */
function revocable({ counts }: Pick<RequestView, 'counts'>): Action[] {
  return counts.pending === counts.total ? ['revoke'] : ['cancel'];
}

function link(
  action: Action,
  target: Readonly<Record<string, string>>,
  account: Account,
  label: Html | string = actionWords[action].label,
  tone: 'primary' | 'quiet' | 'danger' = actionWords[action].isFinal ? 'danger' : 'quiet',
): Html[] {
  if (!may(account, action)) return [];
  return [html`<a class="button ${tone}" href="${actionPath(action, target)}">${label}…</a>`];
}

function row(links: readonly Html[]): Html | undefined {
  return links.length === 0 ? undefined : html`<div class="forms">${links}</div>`;
}
