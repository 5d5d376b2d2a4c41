import { defaultDeadlineMs } from '@session-queue/core';
import { lateMs, longestSendGapMs } from '@session-queue/core/engine';
import type { SeenCall } from '../tap/learnosity-tap.ts';
import type { NotedFault } from '../world/fault-log.ts';
import type { Evidence, Finding } from './evidence.ts';

/** How long what a dead worker held stays taken at most. */
const leaseMs = longestSendGapMs + defaultDeadlineMs + lateMs;
/** The issue's own bounds: one lease and 5 s, and not over 25 s. */
export const recoversWithinMs = Math.min(leaseMs + 5_000, 25_000);

/** So much of the quota is the normal rate; a slot's round is a window and a round trip, so it is looked for in a bit more than a window. */
const normalShare = 0.8;
const windowStretch = 1.3;

type Recoverable = Pick<Evidence, 'calls' | 'faults' | 'quotas'>;

/** Of one lane after one fault: in how many ms its calls were back at the normal rate; `undefined` when they never were. */
function recoveryOf(
  sentAt: readonly number[],
  { endedAt }: NotedFault,
  until: number,
  quota: { calls: number; windowMs: number },
): number | undefined {
  const after = sentAt.filter((at) => at >= endedAt && at < until);
  const normal = Math.ceil(quota.calls * normalShare);
  const first = after.findIndex((at, i) => {
    const last = after[i + normal - 1];
    return last !== undefined && last - at <= quota.windowMs * windowStretch;
  });
  const at = after[first];
  return at === undefined ? undefined : at - endedAt;
}

export interface Recovery {
  /** The slowest lane after any fault; `undefined` when there was no fault, or a lane did not recover. */
  slowestMs: number | undefined;
  findings: Finding[];
}

/** How long lanes of deletions, which the load keeps full, took to come back after each fault that they had the time to. */
export function checkRecovery({ calls, faults, quotas }: Recoverable): Recovery {
  const last = faults.at(-1);
  if (last === undefined) return { slowestMs: undefined, findings: [] };
  const findings: Finding[] = [];
  let slowestMs: number | undefined;
  for (const [key, sentAt] of acceptedBy(calls)) {
    for (const [index, fault] of faults.entries()) {
      const next = faults[index + 1];
      const ms = recoveryOf(sentAt, fault, next?.beganAt ?? Number.POSITIVE_INFINITY, quotas.deletion);
      if (ms !== undefined) slowestMs = Math.max(slowestMs ?? 0, ms);
      const broken = ms === undefined ? fault === last : ms > recoversWithinMs;
      if (!broken) continue;
      const how = ms === undefined ? 'never came back to its rate' : `came back after ${(ms / 1_000).toFixed(1)} s`;
      findings.push({
        rule: `normal again within ${recoversWithinMs / 1_000} s`,
        what: `${key} ${how} after '${fault.what}'`,
      });
    }
  }
  return { slowestMs, findings };
}

/** Whether every lane is back at its rate after the last fault. */
export function isRecovered(evidence: Recoverable, lanes: number): boolean {
  const last = evidence.faults.at(-1);
  if (last === undefined) return true;
  const sent = [...acceptedBy(evidence.calls).values()];
  const back = sent.filter(
    (at) => recoveryOf(at, last, Number.POSITIVE_INFINITY, evidence.quotas.deletion) !== undefined,
  );
  return back.length >= lanes;
}

function acceptedBy(calls: readonly SeenCall[]): Map<string, number[]> {
  const lanes = new Map<string, number[]>();
  for (const { endpoint, consumerKey, reference, sentAt } of calls) {
    if (endpoint !== 'deletion' || reference === undefined) continue;
    const lane = lanes.get(consumerKey) ?? [];
    lanes.set(consumerKey, lane);
    lane.push(sentAt);
  }
  return lanes;
}
