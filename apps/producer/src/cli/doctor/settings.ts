import type { WorkerSettings } from '@session-queue/core/engine';
import type { GivenSettings } from '../connection/session.ts';
import { counted } from '../wording.ts';
import { type Finding, ok, warn } from './finding.ts';

const dayMs = 24 * 3600 * 1000;

/** Whether the workers agree on what they keep, and this program with them. Older workers say nothing of it. */
export function settingsFindings(said: readonly WorkerSettings[], given: GivenSettings): Finding[] {
  const [first] = said;
  if (first === undefined) return [];
  if (said.length > 1) {
    return [
      warn(
        `Workers differ: ${said.map(inWords).join('; ')}`,
        'give all of them, and the producer, one RETENTION_DAYS and one SESSION_INDEX, and the workers one DELETION_DEADLINE_DAYS',
      ),
    ];
  }
  const here = {
    ...first,
    sessionIndex: given.sessionIndex ?? first.sessionIndex,
    retentionMs: given.retentionDays === undefined ? first.retentionMs : given.retentionDays * dayMs,
  };
  if (inWords(here) === inWords(first)) return [ok(`Workers have ${inWords(first)}`)];
  return [
    warn(
      `The environment here says ${inWords(here)}, and workers have ${inWords(first)}`,
      'take RETENTION_DAYS and SESSION_INDEX out of it: this program then does as the workers do',
    ),
  ];
}

function inWords({ sessionIndex, retentionMs, deletionTermMs }: WorkerSettings): string {
  const index = sessionIndex ? 'an index of sessions' : 'no index of sessions';
  const kept = `${counted(retentionMs / dayMs, 'day')} of retention`;
  return deletionTermMs === undefined
    ? `${index}, and ${kept}`
    : `${index}, ${kept}, and ${termInWords(deletionTermMs)}`;
}

function termInWords(termMs: number | null): string {
  return termMs === null ? 'no deadline for deletions' : `${counted(termMs / dayMs, 'day')} for a deletion`;
}
