import { askerOf } from '@session-queue/core/engine';
import { type Html, html } from '../pages/html.ts';
import { rulePath } from './rule-path.ts';

/** Who asked for a request or a selection: the run of a rule gives both its name and an id with it, and leads to the rule. */
export function askerWords(id: string, requestedBy: string | undefined): Html | string | undefined {
  const name = /^rule\.(.+)\.\d+$/.exec(id)?.[1];
  if (name === undefined || requestedBy !== askerOf(name)) return requestedBy;
  return html`<a href="${rulePath(name)}">${requestedBy}</a>`;
}
