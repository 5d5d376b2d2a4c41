import { type Html, html } from '../pages/html.ts';

/** The box that asks what became of a request. */
export function requestSearch(id = ''): Html {
  return html`<form class="search" action="/requests" role="search">
<label for="request-id">What became of a request?</label>
<div><input id="request-id" name="id" type="search" value="${id}" placeholder="The id that was given when it was accepted" required maxlength="255" autocomplete="off" spellcheck="false">
<button class="primary">Look it up</button></div>
</form>`;
}
