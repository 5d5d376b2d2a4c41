import type { Account } from '../accounts/account.ts';
import { formTokenField } from '../http/form-token.ts';
import { html } from '../pages/html.ts';
import { layout, type Place } from '../pages/layout.ts';
import { numberWords } from '../pages/number-words.ts';
import { count } from '../pages/wording.ts';
import type { ActionTarget } from './action-target.ts';
import { type Action, actionWords } from './action-words.ts';

export interface AskPage {
  action: Action;
  target: ActionTarget;
  account: Account;
  /** What was typed before it was refused. */
  reason?: string;
  /** What is wrong with it, and what to do. */
  problem?: string;
}

/** Asks why, and says before what will happen. */
export function askPage({ action, target, account, reason = '', problem }: AskPage): string {
  const { label, button, isFinal } = actionWords[action];
  const effect = target.effect ?? actionWords[action].effect;
  const isDanger = isFinal === true || action === 'stop-kind';
  return layout({
    title: label,
    account,
    current: placeOf(target),
    main: html`<form class="card ask" method="post" action="/actions/${action}">
<h1>${label}: ${target.title}</h1>
${problem === undefined ? undefined : html`<p class="problem" role="alert" id="problem" tabindex="-1" autofocus>${problem}</p>`}
<p class="banner ${isDanger ? 'bad' : 'calm'}"><strong>What happens:</strong> ${effect}${isFinal ? html` <strong>It cannot be undone.</strong>` : undefined}</p>
${formTokenField(account)}
${Object.entries(target.fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${target.inputs}
<label for="reason">Why?</label>
<input id="reason" name="reason" value="${reason}" required minlength="3" maxlength="500" autocomplete="off" aria-describedby="reason-hint${problem === undefined ? '' : ' problem'}"${target.inputs === undefined && problem === undefined ? html` autofocus` : undefined}>
<small id="reason-hint">3 to 500 characters, such as the number of a ticket; it stands in the <a href="/audit">audit log</a>. No session ids, please.</small>
${
  target.typed !== undefined
    ? html`<label for="typed">Type ${count(target.typed)} (${numberWords(target.typed)}) to go on</label>
<input id="typed" name="typed" required inputmode="numeric" pattern="[0-9, ]+" maxlength="20" autocomplete="off">`
    : isFinal
      ? html`<label class="check"><input type="checkbox" name="confirmed" value="yes" required> I know that it cannot be undone.</label>`
      : undefined
}
<div class="forms"><button class="${isDanger ? 'danger' : 'primary'}">${button}</button> <a class="button quiet" href="${target.back}">Go back, and leave it as it is</a></div>
</form>`,
  });
}

/** The part of the dashboard that a form goes back to. */
function placeOf({ back }: ActionTarget): Place | undefined {
  if (back.startsWith('/selection')) return 'selections';
  if (back.startsWith('/legal-hold')) return 'legal-holds';
  return back.startsWith('/rules') ? 'rules' : undefined;
}
