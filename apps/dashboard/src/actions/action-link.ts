import type { Account } from '../accounts/account.ts';
import { type Html, html } from '../pages/html.ts';
import { type ActionName, actions, mayDo } from './action.ts';

/** Leads to where an action asks for its reason; nothing for those who may not. */
export function actionLink(
  name: ActionName,
  of: Readonly<Record<string, string>>,
  account: Account,
  label: string = actions[name].label,
): Html | undefined {
  const { role, ...action } = actions[name];
  if (!mayDo(account.role, role)) return undefined;
  const isGrave = 'isGrave' in action && action.isGrave;
  return html`<a class="button ${isGrave ? 'grave' : 'quiet'}" href="${actionPath(name, of)}">${label}</a>`;
}

export function actionPath(name: ActionName, of: Readonly<Record<string, string>>): string {
  return `/actions/${name}?${new URLSearchParams(of).toString()}`;
}
