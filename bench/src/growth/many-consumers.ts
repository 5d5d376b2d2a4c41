import { finalStates } from '@session-queue/core';
import { acceptedCalls } from '../lab/accepted-calls.ts';
import type { Delay } from '../lab/delay.ts';
import { Lab, pause } from '../lab/lab.ts';
import { itemsPerCall, learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { sessionIds } from '../lab/session-ids.ts';
import { quotaShare } from '../measures/quota-share.ts';
import { type Expense, expense, spentPer } from './expense.ts';
import { LoopDelays } from './loop-delays.ts';

export const quota = learnosityQuotas.deletion;

export interface Crowd {
  consumers: number;
  replicas: number;
  /** How many windows' quota, beyond the first, each consumer's backlog lasts for. */
  windows: number;
  delay: Delay;
}

export interface CrowdOutcome {
  consumers: number;
  /** Whether all backlogs were worked off in three times the time that the quota needs. */
  isFinished: boolean;
  /** Share of its quota that each consumer used, the worst first. */
  shares: number[];
  refused429: number;
  per1000Items: Expense;
  /** What the workers, Redis and the stand-in took together, in cores. */
  coresUsed: number;
  /** The longest delay of a worker's event loop in each second, ms. */
  loopDelays: number[];
}

/**
 * Gives each consumer a backlog, their beginnings spread over one window, and waits until all is done. Beyond the number that the
 * machine can serve it ends before: what each used until then is what is asked for.
 */
export async function runCrowd({ consumers, replicas, windows, delay }: Crowd): Promise<CrowdOutcome> {
  const names = Array.from({ length: consumers }, (_, i) => `consumer-${i}`);
  const items = quota.calls * itemsPerCall * (1 + windows);
  const lab = await Lab.start({ consumers: names.map((name) => ({ name })), delay, jobSeconds: '1-3', lean: true });
  try {
    await lab.startWorkers(replicas);
    const delays = await LoopDelays.begin(lab.workers);
    const before = await expense(lab);
    const from = performance.now();
    const requests: string[] = [];
    for (const [i, consumer] of names.entries()) {
      await pause(Math.max(0, from + (i * quota.windowMs) / consumers - performance.now()));
      const { id } = await lab.client.deleteSessions({ consumer, sessionIds: sessionIds(items, i) });
      requests.push(id);
    }
    const isFinished = await areFinalWithin(lab, requests, (windows + 1) * quota.windowMs * 3);
    const seconds = (performance.now() - from) / 1_000;
    const spent = await expense(lab);
    const books = (await lab.books()).consumers;
    const accepted = await acceptedCalls(lab, 'deletion');
    const all = spentPer(seconds, before, spent);
    const sent = names.reduce((sum, name) => sum + (books[name]?.deletion?.items ?? 0), 0);
    return {
      consumers,
      isFinished,
      shares: names.map((name) => quotaShare(accepted.get(name) ?? [], quota) || 0).sort((one, other) => one - other),
      refused429: names.reduce((sum, name) => sum + (books[name]?.deletion?.refused429 ?? 0), 0),
      per1000Items: spentPer(sent / 1_000, before, spent),
      coresUsed: all.workerCpu + all.redisCpu + all.standInCpu,
      loopDelays: await delays.end(),
    };
  } finally {
    await lab.stop();
  }
}

/** Asks for one request after the other: they end in about the order of their beginnings, and Redis is asked little. */
async function areFinalWithin(lab: Lab, requests: readonly string[], withinMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  for (const id of requests) {
    for (;;) {
      const view = await lab.client.getRequest(id);
      if (view !== undefined && finalStates.has(view.state)) break;
      if (performance.now() > giveUpAt) return false;
      await pause(500);
    }
  }
  return true;
}
