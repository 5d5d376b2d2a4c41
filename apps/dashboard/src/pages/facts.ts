import { type Html, html } from './html.ts';
import { utc } from './wording.ts';

/** A line of a list of facts; none of what is not there. */
export function fact(label: string, value: Html | string | undefined): Html | undefined {
  return value === undefined || value === ''
    ? undefined
    : html`<div><dt>${label}</dt><dd>${value}</dd></div>
`;
}

/** A moment, also for programs. */
export function time(iso: string): Html {
  return html`<time datetime="${iso}">${utc(iso)}</time>`;
}
