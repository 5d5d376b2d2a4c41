/** One job: when its reference was recorded and when it ended, epoch ms. */
export interface TrackedJob {
  submittedAt: number;
  finishedAt: number;
}

export interface PollSchedule {
  /** The first poll after so long, and no two of one job closer than this. */
  firstPollMs: number;
  /** A job is asked for again after a tenth of its age, and after this at the latest. */
  longestMs: number;
  /** Rounds are so far apart. */
  spacingMs: number;
  referencesPerCall: number;
}

/** The worker's own times. */
export const workerSchedule: PollSchedule = {
  firstPollMs: 1_000,
  longestMs: 60_000,
  spacingMs: 1_000,
  referencesPerCall: 50,
};

export interface IdealPolling {
  rounds: number;
  /** The sum over the rounds of due references / 50, rounded up. */
  calls: number;
  /** What one call for each reference and poll would be. */
  polls: number;
}

/**
 * The fewest calls that the schedule needs: rounds `spacingMs` apart while anything is due, each taking along all that comes due
 * before the middle of the next, in as few calls as hold them, with answers that take no time.
 */
export function idealPolling(jobs: readonly TrackedJob[], schedule: PollSchedule): IdealPolling {
  const { firstPollMs, longestMs, spacingMs, referencesPerCall } = schedule;
  let open = jobs.map((job) => ({ ...job, dueAt: job.submittedAt + firstPollMs }));
  const sum: IdealPolling = { rounds: 0, calls: 0, polls: 0 };
  let lastRoundAt = Number.NEGATIVE_INFINITY;
  while (open.length > 0) {
    const firstDueAt = open.reduce((least, { dueAt }) => Math.min(least, dueAt), Number.POSITIVE_INFINITY);
    const at = Math.max(lastRoundAt + spacingMs, firstDueAt);
    const due = open.filter(({ dueAt }) => dueAt <= at + spacingMs / 2);
    sum.rounds += 1;
    sum.polls += due.length;
    sum.calls += Math.ceil(due.length / referencesPerCall);
    for (const job of due) {
      job.dueAt = at + Math.min(longestMs, Math.max(firstPollMs, (at - job.submittedAt) / 10));
    }
    const noticed = new Set(due.filter(({ finishedAt }) => finishedAt <= at));
    open = open.filter((job) => !noticed.has(job));
    lastRoundAt = at;
  }
  return sum;
}
