import type { Removals } from '../items/removal.ts';
import type { JobKind } from '../settings/endpoints.ts';

/** The states of `/jobs`: queued, running, then for good either completed or halted. */
export const jobStates = ['queued', 'running', 'halted', 'completed'] as const;
export type JobState = (typeof jobStates)[number];

/** A job. It runs by the clock alone: its whole course is fixed when it is made. Times are epoch milliseconds. */
export interface Job {
  readonly reference: string;
  /** Its place in the order of creation, over all consumers. */
  readonly number: number;
  readonly kind: JobKind;
  readonly consumer: string;
  readonly count: number;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly halts: boolean;
  /** When `/jobs` first and last knows it. */
  readonly shownFrom: number;
  readonly shownUntil: number;
  /** The numbers of its items in their store; let go at its end. */
  items: Uint32Array;
  /** Of a deletion: those of its sessions that do not go at once and for good. Let go with the items. */
  removals: Removals | undefined;
}

export function stateAt(job: Job, now: number): JobState {
  if (now < job.startsAt) return 'queued';
  if (now < job.endsAt) return 'running';
  return job.halts ? 'halted' : 'completed';
}
