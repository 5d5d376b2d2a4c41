import { html } from '../pages/html.ts';

/** A page that asks for the same address again at once. */
export function comeAgainPage(address: string): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Session Queue</title>
<meta http-equiv="refresh" content="0; url=${address}">
<p><a href="${address}">Go on to Session Queue</a></p>
</html>
`.text;
}
