import { checkFigures } from './check-figures.ts';
import { checkItems, isLost, isUnfinished } from './check-items.ts';
import { checkLeftovers } from './check-leftovers.ts';
import { checkLogs } from './check-logs.ts';
import { checkPrivate } from './check-private.ts';
import { checkProcesses } from './check-processes.ts';
import { checkProof } from './check-proof.ts';
import { checkQuota } from './check-quota.ts';
import { checkSentTwice } from './check-sent-twice.ts';
import { checkSessions } from './check-sessions.ts';
import type { Evidence, Finding } from './evidence.ts';
import { fatesOf } from './fates.ts';
import { checkRecovery } from './recovery.ts';

/** What a run came to: the figures of the table, and everything that is against the rules. */
export interface Verdict {
  accepted: number;
  lost: number;
  /** Promised, and gone in a span of time whose writes Redis has lost by the scenario's fault. */
  forgotten: number;
  unfinished: number;
  parked: number;
  failed: number;
  twiceAllowed: number;
  twiceNotAllowed: number;
  own429: number;
  foreign429: number;
  fullest: string;
  recoveryMs: number | undefined;
  findings: Finding[];
}

/** Compares everything with everything, item by item. */
export function audit(evidence: Evidence): Verdict {
  const fates = fatesOf(evidence);
  const accepted = fates.filter(({ delivery }) => delivery.outcome === 'promised');
  const twice = checkSentTwice(evidence, fates);
  const quota = checkQuota(evidence);
  const recovery = checkRecovery(evidence);
  return {
    accepted: accepted.length,
    lost: accepted.filter(isLost).length,
    forgotten: fates.filter(({ delivery }) => delivery.outcome === 'forgotten').length,
    unfinished: accepted.filter(isUnfinished).length,
    parked: accepted.filter(({ said }) => said === 'parked').length,
    failed: accepted.filter(({ said }) => said === 'failed').length,
    twiceAllowed: twice.allowed,
    twiceNotAllowed: twice.notAllowed,
    own429: quota.own429,
    foreign429: quota.foreign429,
    fullest: quota.fullest,
    recoveryMs: recovery.slowestMs,
    findings: [
      ...checkItems(evidence, fates),
      ...checkSessions(evidence, fates),
      ...checkFigures(evidence),
      ...checkProof(evidence, fates),
      ...twice.findings,
      ...quota.findings,
      ...checkLeftovers(evidence),
      ...checkLogs(evidence),
      ...checkPrivate(evidence),
      ...checkProcesses(evidence),
      ...recovery.findings,
    ],
  };
}
