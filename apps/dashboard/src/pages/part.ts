import { type Html, html } from './html.ts';

/** A piece of a page that is kept up to date by its id. */
export function part(id: string, content: Html | undefined): Html {
  return html`<div id="${id}" data-part>${content}</div>`;
}
