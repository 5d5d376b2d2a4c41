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
        'give all of them, and the producer, one RETENTION_DAYS and one SESSION_INDEX, and the workers one DELETION_DEADLINE_DAYS and one TOMBSTONE_KEY',
      ),
    ];
  }
  const here = {
    ...first,
    sessionIndex: given.sessionIndex ?? first.sessionIndex,
    tombstones: first.tombstones,
    retentionMs: given.retentionDays === undefined ? first.retentionMs : given.retentionDays * dayMs,
  };
  const memory = memoryFinding(first);
  if (inWords(here) === inWords(first)) return [ok(`Workers have ${inWords(first)}`), memory];
  return [
    memory,
    warn(
      `The environment here says ${inWords(here)}, and workers have ${inWords(first)}`,
      'take RETENTION_DAYS and SESSION_INDEX out of it: this program then does as the workers do',
    ),
  ];
}

function memoryFinding({ tombstones = false }: WorkerSettings): Finding {
  if (tombstones) return ok('Workers remember what was deleted');
  return warn(
    'Workers do not remember what was deleted: a deletion is sent again, and a resubmission brings a deleted session back',
    'give all of them one TOMBSTONE_KEY: `openssl rand -hex 32`',
  );
}

function inWords({ sessionIndex, retentionMs, deletionTermMs, tombstones = false }: WorkerSettings): string {
  const parts = [sessionIndex ? 'an index of sessions' : 'no index of sessions'];
  parts.push(`${counted(retentionMs / dayMs, 'day')} of retention`);
  if (tombstones) parts.push('tombstones of what was deleted');
  if (deletionTermMs !== undefined) parts.push(termInWords(deletionTermMs));
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}

function termInWords(termMs: number | null): string {
  return termMs === null ? 'no deadline for deletions' : `${counted(termMs / dayMs, 'day')} for a deletion`;
}
