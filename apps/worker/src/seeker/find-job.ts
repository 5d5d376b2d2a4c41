import type { Job } from '@session-queue/core';
import type { LookTimes } from '@session-queue/core/engine';

/** What a look has come to: the one job that can be the batch's, none, or too many to tell. */
export type Finding = { is: 'found'; reference: string } | { is: 'none' } | { is: 'several' };

export interface LookedThrough {
  /** Every job of the span. */
  jobs: readonly Job[];
  /** Those of them that answers have told of. */
  recorded: ReadonlySet<string>;
  /** Jobs that must be among them, since answers have told of them and they were made then. */
  expected: readonly string[];
  /** The type of the jobs that resubmissions make. */
  jobType: string;
  span: { from: number; to: number };
}

/** When a lost call's job is dated, on Learnosity's clock. */
export function spanOf(beganAt: number, { sendMs, skewMs }: LookTimes): { from: number; to: number } {
  return { from: beganAt - skewMs, to: beganAt + sendMs + skewMs };
}

/** When an answer must have told of a job for it to be surely dated within the span. */
export function surelyWithin(beganAt: number, { sendMs, skewMs }: LookTimes): { from: number; to: number } {
  return { from: beganAt + Math.max(0, sendMs - skewMs / 2), to: beganAt + sendMs };
}

/** Finds the one job that nobody knows. Whatever cannot be read, or does not agree with what is known, makes it none. */
export function findJob({ jobs, recorded, expected, jobType, span }: LookedThrough): Finding {
  const listed = new Map(jobs.map((job) => [job.reference, job]));
  // What does not show all that is known may not show the job either, and another one instead.
  if (!expected.every((reference) => listed.has(reference))) return { is: 'none' };
  const all = [...listed.values()];
  // Its type has changed since it was learnt.
  if (all.some(({ reference, type }) => recorded.has(reference) && type !== jobType)) return { is: 'none' };
  const unknown = all.filter(
    (job) => !recorded.has(job.reference) && (job.type ?? jobType) === jobType && mayBeWithin(job, span),
  );
  const [job, ...others] = unknown;
  if (job === undefined) return { is: 'none' };
  if (others.length > 0 || job.type === undefined || momentOf(job) === undefined) return { is: 'several' };
  return { is: 'found', reference: job.reference };
}

/** Learnosity's dates have whole seconds. One that cannot be read may be any. */
function mayBeWithin(job: Job, { from, to }: LookedThrough['span']): boolean {
  const moment = momentOf(job);
  return moment === undefined || (moment >= Math.floor(from / 1_000) * 1_000 && moment <= to);
}

/** `YYYY-MM-DD HH:mm:ss` is UTC, as the times that are asked for are. */
function momentOf({ createdAt = '' }: Job): number | undefined {
  const isPlain = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?$/.test(createdAt);
  const moment = Date.parse(isPlain ? `${createdAt.replace(' ', 'T')}Z` : createdAt);
  return Number.isNaN(moment) ? undefined : moment;
}
