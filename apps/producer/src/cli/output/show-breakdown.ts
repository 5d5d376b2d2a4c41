import type { BreakdownDimension, BreakdownShare, BreakdownView } from '@session-queue/core';
import { counted, readable } from '../wording.ts';

type Line = readonly [label: string, value: string];

const labels: Readonly<Record<BreakdownDimension, string>> = {
  status: 'By status',
  activityId: 'By activity',
  userId: 'By user',
};

/** How a selection divides, a line for each value; the label stands before the first. */
export function breakdownLines({ by, values, other }: BreakdownView): Line[] {
  const texts = values.map((share) => `${share.value}: ${shareText(share)}`);
  if (other !== undefined) texts.push(`none of these: ${readable(other)}`);
  return texts.map((text, index) => [index === 0 ? labels[by] : '', text]);
}

/** Of a value that is not walked to its end, or by a worker of a version before, only what was shown is known. */
function shareText({ count, inSelection, error }: BreakdownShare): string {
  if (error !== undefined) return `unknown, ${error.message} (${error.code})`;
  if (inSelection === undefined) return `${readable(count)} shown so far`;
  return `${readable(inSelection)}${count === inSelection ? '' : `, ${readable(count)} shown`}`;
}

/** How far it is. */
export function breakdownProgress({ walked, pages, values }: BreakdownView): string {
  return `breakdown: ${readable(walked)} of ${counted(values.length, 'value')}, ${counted(pages, 'page')}`;
}
