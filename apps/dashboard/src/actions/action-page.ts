import type { Account } from '../accounts/account.ts';
import { html } from '../pages/html.ts';
import { layout } from '../pages/layout.ts';
import { type Action, type ActionName, actions } from './action.ts';

export interface ActionForm {
  name: ActionName;
  /** The fields that say what it is done to. */
  of: Readonly<Record<string, string>>;
  /** The same in words. */
  what: string;
  back: string;
  /** What was typed, and why it was not taken. */
  reason?: string;
  problem?: string;
}

/** Asks for the reason of an action, and says what it does. */
export function actionPage({ name, of, what, back, reason = '', problem }: ActionForm, account: Account): string {
  const { label, about, ...action }: Action = actions[name];
  return layout({
    title: `${label}: ${what}`,
    account,
    main: html`<form class="card act" method="post" action="/actions/${name}">
<h1>${label}</h1>
<p class="whole">${what}</p>
<p>${about}</p>
${action.isGrave ? html`<p class="banner warn">Look twice: this is for good, or stops much.</p>` : undefined}
${problem === undefined ? undefined : html`<p class="problem" role="alert" id="problem">${problem}</p>`}
${Object.entries(of).map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}
<label>Reason
<textarea name="reason" rows="3" maxlength="500" required autofocus${problem === undefined ? undefined : html` aria-describedby="problem"`}>${reason}</textarea>
</label>
<p class="hint">It is kept in the audit log with your name, and everybody who signs in can read it: no ids of sessions.</p>
<div class="forms"><button class="${action.isGrave ? 'grave' : 'primary'}">${label}</button> <a class="button quiet" href="${back}">Back</a></div>
</form>`,
  });
}
