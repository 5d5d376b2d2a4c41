import type { RequestView } from '@session-queue/core';
import { type Html, html } from '../pages/html.ts';
import { count, counted, utc } from '../pages/wording.ts';

/** Whether Learnosity shows no more of what was deleted; `undefined` where nothing is to be said. */
export function verificationWords({ verification }: RequestView): string | undefined {
  if (verification === undefined) return undefined;
  const { state, waiting, verified, unverifiable, checkedAt } = verification;
  if (state === 'none' && unverifiable === 0) return 'none: all of it had been deleted before, so nothing was sent';
  if (state === 'none')
    return 'none: nobody saw these sessions before their deletion, so that their absence proves nothing';
  const parts = [`${counted(verified, 'session')} verified`];
  if (waiting > 0) parts.push(`${count(waiting)} still to be asked for`);
  if (unverifiable > 0) parts.push(`${count(unverifiable)} unverifiable`);
  if (checkedAt !== undefined) parts.push(`last asked ${utc(checkedAt)}`);
  return parts.join(', ');
}

/** Sessions that Learnosity shows although they were deleted, each kind with what to do. */
export function verificationNotices({ id, verification }: RequestView): Html[] {
  if (verification === undefined) return [];
  const { stillThere, reappeared } = verification;
  const which = `session-queue items ${id} --still-there`;
  const found: Html[] = [];
  if (stillThere > 0)
    found.push(html`<p class="banner bad"><strong>${counted(stillThere, 'session')} still there:</strong> Learnosity shows them although they were deleted twice. <span class="remedy">Ask its support; which ones: ${which}</span></p>
`);
  if (reappeared > 0)
    found.push(html`<p class="banner bad"><strong>${counted(reappeared, 'session')} back again:</strong> their deletion was verified, and Learnosity shows them now. <span class="remedy">Find out what brought them back, and ask for their deletion; which ones: ${which}</span></p>
`);
  return found;
}
