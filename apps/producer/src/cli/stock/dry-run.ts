import type { Kind } from '@session-queue/core';
import { type LabelledLine, labelled } from '../output/labelled.ts';
import { counted, readable, spanOfTime } from '../wording.ts';
import { quotaInWords, secondsAtQuota } from './call-plan.ts';
import type { Stock } from './take-stock.ts';

/** What would happen: `--dry-run --json` prints it as it is. */
export interface Plan {
  kind: Kind;
  items: number;
  distinct: number;
  duplicates: number;
  bad: number;
  badItems: string[];
  calls: number;
  /** At Learnosity's quota, when nothing else is in line. */
  seconds: number;
}

export function planOf(kind: Kind, { items, distinct, bad, named, calls }: Omit<Stock, 'digest'>): Plan {
  const counts = { items, distinct, duplicates: items - distinct, bad, badItems: named };
  return { kind, ...counts, calls, seconds: secondsAtQuota(kind, calls) };
}

/** Only workers know a consumer's guards for sure: what is accepted says by which of them it is kept back. */
const guardsInWords = "waits for a second person, a hold window or a new day, where the consumer's deletions have them";

/** A plan as lines for people. */
export function describePlan({ kind, distinct, duplicates, bad, calls, seconds }: Plan): string {
  const time = `${spanOfTime(seconds)} at Learnosity's quota of ${quotaInWords(kind)}, with nothing else in line`;
  const lines: LabelledLine[] = [
    ['Would send', `${counted(distinct, 'item')} as one ${kind}`],
    ['Duplicates', duplicates === 0 ? 'none' : `${readable(duplicates)}, left out: each is sent once`],
    ['Bad items', readable(bad)],
    ['Calls', readable(calls)],
    ['Time', seconds === 0 ? `at once (the quota is ${quotaInWords(kind)})` : time],
  ];
  if (kind === 'deletion') lines.push(['Not in it', guardsInWords]);
  return labelled(lines);
}
