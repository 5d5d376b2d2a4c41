import { Refusal, type RequestView, type Selections, type SelectionView, type SessionQueue } from '@session-queue/core';
import { askerOf, filterAt, type Rule, type RuleRun, runId, type StoredRule } from '@session-queue/core/engine';

/** What is noted of a run at its end. */
export type RunEnd = Omit<RuleRun, 'moment' | 'mode' | 'startedAt' | 'by'>;

/** What a run comes to, or how long it waits: for its selection, or for Redis to have room. */
export type Carried = { is: 'waits'; ms: number } | { is: 'over'; end: RunEnd };

export type CarriedBy = Pick<SessionQueue, 'getRequest'> & Pick<Selections, 'select' | 'deleteSelection'>;

const firstLookMs = 500;
const longestLookMs = 30_000;
const againMs = 10_000;
const passing: ReadonlySet<string> = new Set(['unavailable', 'memory_short', 'in_progress', 'busy']);

export interface RunOf {
  name: string;
  moment: number;
  run: RuleRun;
  /** The rule as it is now; `undefined` when it is gone. */
  stored: StoredRule | undefined;
}

/**
 * The next step of a run. Its selection and its deletion have ids that follow from the rule and the moment: whoever takes the run up after a
 * crash finds what was made, and makes nothing twice.
 */
export async function carryOut(queue: CarriedBy, run: RunOf, now: number): Promise<Carried> {
  try {
    return await nextStep(queue, run, now);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (passing.has(error.code)) return { is: 'waits', ms: againMs };
    return failed(error.code, error.message);
  }
}

async function nextStep(queue: CarriedBy, { name, moment, run, stored }: RunOf, now: number): Promise<Carried> {
  const id = runId(name, moment);
  const rule = stored?.rule;
  // It stands whatever was done to the rule since: a worker died after it had asked.
  const asked = await queue.getRequest(id);
  if (asked !== undefined && asked.state !== 'receiving') return over({ state: askedFor(run), ...askedOf(id, asked) });
  const obstacle = obstacleOf(stored, run);
  if (rule === undefined || obstacle !== undefined) return over({ state: 'skipped', error: obstacle ?? gone });
  const { consumer, filter, reason } = rule;
  const who = { reason, requestedBy: askerOf(name) };
  const selection = await queue.select({ id, consumer, filter: filterAt(filter, moment), ...who });
  if (selection.state === 'walking') return { is: 'waits', ms: lookAgainMs(now - Date.parse(run.startedAt)) };
  if (selection.state !== 'ready') {
    const { code, message } = selection.error ?? { code: 'cancelled', message: 'Somebody has cancelled its selection' };
    return failed(code, message, { selection: id });
  }
  const found = { selection: id, count: selection.count };
  const held = reportOnly(rule, selection);
  if (held !== undefined) return over({ ...held, ...found });
  const chosen = { selection: id, expectDigest: selection.digest ?? '', expectCount: selection.count };
  const requireApproval = rule.mode === 'approve';
  const request = await queue.deleteSelection({
    id,
    consumer,
    ...chosen,
    ...who,
    // Whoever set the rule has asked: it is somebody else who approves.
    ...(stored?.updatedBy !== undefined && { keyName: stored.updatedBy }),
    ...(requireApproval && { requireApproval }),
  });
  return over({ state: askedFor(run), ...found, request: request.id });
}

/** Why nothing is deleted of what was found, where nothing is. */
function reportOnly({ mode, cap = 0 }: Rule, { count }: SelectionView): Pick<RuleRun, 'state' | 'error'> | undefined {
  if (count === 0) return { state: 'nothing' };
  if (mode === 'report') return { state: 'reported' };
  if (mode !== 'delete' || count <= cap) return undefined;
  const message = `It found ${count} sessions, over its cap of ${cap}: nothing is deleted. Look at the selection, then delete it or raise the cap`;
  return { state: 'reported', error: { code: 'over_cap', message } };
}

const gone = { code: 'removed', message: 'The rule was removed while it ran: nothing is deleted' };

/** A run goes by the rule that it began with; what a person has stopped or changed since deletes nothing. */
function obstacleOf(stored: StoredRule | undefined, { startedAt }: RuleRun): RuleRun['error'] {
  if (stored === undefined) return gone;
  if (!stored.rule.enabled)
    return { code: 'disabled', message: 'The rule was disabled while it ran: nothing is deleted' };
  if (Date.parse(stored.updatedAt) <= Date.parse(startedAt)) return undefined;
  return { code: 'changed', message: 'The rule was changed while it ran: the next run goes by it' };
}

function askedFor({ mode }: RuleRun): RuleRun['state'] {
  return mode === 'approve' ? 'approval_requested' : 'deletion_requested';
}

function askedOf(id: string, { counts }: RequestView): Pick<RuleRun, 'selection' | 'count' | 'request'> {
  return { selection: id, count: counts.total, request: id };
}

/** A tenth of the time that the walk has taken: a long one is looked at seldom. */
function lookAgainMs(elapsedMs: number): number {
  return Math.min(longestLookMs, Math.max(firstLookMs, elapsedMs / 10));
}

function over(end: RunEnd): Carried {
  return { is: 'over', end };
}

function failed(code: string, message: string, found: Pick<RuleRun, 'selection'> = {}): Carried {
  return over({ state: 'failed', ...found, error: { code, message } });
}
