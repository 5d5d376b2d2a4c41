import { mean, slopeOf } from '@session-queue/testing';
import { Lab, pause } from '../lab/lab.ts';
import { sessionIds } from '../lab/session-ids.ts';
import { type Expense, expense, spentPer } from './expense.ts';

/** 500 items a second, whatever is pending: the same work for each size. */
const lifted = { calls: 10, windowMs: 1_000 };
const warmUpMs = 2_000;
const lookEveryMs = 100;
const uncounted = 5_000;
/** From the end of the last job to the end of what its worker writes down. */
const settledAfterMs = 2_500;

export interface PendingCost {
  pending: number;
  items: number;
  perItem: Expense;
}

/**
 * What an item costs while so many others of its consumer are pending; one size after the other, on the same worker, and first one
 * that does not count: a process that has just started takes twice the time.
 */
export async function costByPending(counted: readonly number[], seconds: number): Promise<PendingCost[]> {
  const sizes = [uncounted, ...counted];
  const consumers = sizes.map((size) => ({ name: `pending-${size}`, quotas: { deletion: lifted } }));
  const lab = await Lab.start({ consumers, jobSeconds: '0.5-1', lean: true, fakeFlags: ['--quota=deletion=off'] });
  try {
    await lab.startWorkers(1);
    const costs: PendingCost[] = [];
    for (const [tag, size] of sizes.entries()) costs.push(await costAt(lab, size, seconds, tag));
    return costs.filter(({ pending }) => pending !== uncounted);
  } finally {
    await lab.stop();
  }
}

async function costAt(lab: Lab, pending: number, seconds: number, tag: number): Promise<PendingCost> {
  const consumer = `pending-${pending}`;
  const requests: string[] = [];
  const sent = async () => (await lab.books()).consumers[consumer]?.deletion.items ?? 0;
  /** A new request once three quarters are sent: only the smallest size comes to that, and its new requests are small. */
  const keepUp = async (untilMs: number) => {
    while (performance.now() < untilMs) {
      if (requests.length * pending - (await sent()) < pending / 4 || requests.length === 0) {
        const { id } = await lab.client.deleteSessions({
          consumer,
          sessionIds: sessionIds(pending, (tag + 1) * 0x10000 + requests.length),
        });
        requests.push(id);
      }
      await pause(lookEveryMs);
    }
  };
  await keepUp(performance.now() + 1);
  await keepUp(performance.now() + warmUpMs);
  const before = { items: await sent(), expense: await expense(lab) };
  await keepUp(performance.now() + seconds * 1_000);
  const items = (await sent()) - before.items;
  const perItem = spentPer(items, before.expense, await expense(lab));
  for (const id of requests) await lab.client.cancel(id).catch(() => undefined);
  while ((await lab.books()).jobs.open > 0) await pause(lookEveryMs);
  await pause(settledAfterMs);
  return { pending, items, perItem };
}

/** The least-squares slope of a cost over the tenfolds of what is pending, as a share of the mean cost. */
export function slopePerTenfold(costs: readonly PendingCost[], costOf: (cost: Expense) => number): number {
  const costsAt = costs.map(({ pending, perItem }) => ({ x: Math.log10(pending), y: costOf(perItem) }));
  return slopeOf(costsAt) / mean(costsAt.map(({ y }) => y));
}
