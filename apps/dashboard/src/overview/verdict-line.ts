import { type Html, html } from '../pages/html.ts';
import type { Verdict } from './verdict.ts';

/** The verdict's word is read out when it changes; the numbers behind it change all the time, and are not. */
export function verdictLine({ tone, word, rest }: Verdict): { word: Html; rest: Html } {
  return {
    word: html`<strong class="${tone}">${word}</strong>`,
    rest: html`${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`,
  };
}
