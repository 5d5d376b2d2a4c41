import type { RequestView } from '@session-queue/core';
import { readable } from '../wording.ts';

/** Whether Learnosity shows no more of what was deleted, in words; `undefined` where nothing is to be said. */
export function verificationLine({ verification }: RequestView): string | undefined {
  if (verification === undefined) return undefined;
  const { state, waiting, verified, unverifiable, stillThere, reappeared, checkedAt } = verification;
  if (state === 'none' && unverifiable === 0) return 'nothing: all of it had been deleted before, so nothing was sent';
  if (state === 'none') return `nothing: nobody saw these sessions before their deletion`;
  const parts: [number, string][] = [
    [waiting, 'still to be asked for'],
    [unverifiable, 'unverifiable'],
    [stillThere, 'STILL THERE'],
    [reappeared, 'BACK AGAIN'],
  ];
  const others = parts.filter(([count]) => count > 0).map(([count, word]) => `, ${readable(count)} ${word}`);
  const asked = checkedAt === undefined ? '' : ` (last asked ${checkedAt})`;
  return `${readable(verified)}${others.join('')}${asked}`;
}
