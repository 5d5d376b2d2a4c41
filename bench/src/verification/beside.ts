import { acceptedCalls } from '../lab/accepted-calls.ts';
import { type Lab, pause } from '../lab/lab.ts';
import { learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { quotaShare } from '../measures/quota-share.ts';
import { randomIds } from '../taking-in/random-ids.ts';

/** Consumers of one run: one whose deletions are looked for and verified, and one whose are not. */
export const besides = ['verified', 'unverified'] as const;
export type Beside = (typeof besides)[number];

export interface SpentQuota {
  /** The share of the quota of deletions that was used. */
  share: number;
  /** Calls of the metadata endpoint. */
  metadataCalls: number;
  /** Of both endpoints. */
  refused429: number;
}

/** Has both consumers delete at the full quota for so many seconds, at the same time. */
export async function spendQuota(lab: Lab, seconds: number): Promise<Record<Beside, SpentQuota>> {
  // More than goes out meanwhile: 50 ids a second.
  const sessionIds = (): string[] => [...randomIds(100 * seconds)];
  await Promise.all(besides.map((consumer) => lab.client.deleteSessions({ consumer, sessionIds: sessionIds() })));
  await pause(seconds * 1_000);
  const [accepted, { consumers }] = await Promise.all([acceptedCalls(lab, 'deletion'), lab.books()]);
  const of = (name: Beside): SpentQuota => {
    const { deletion, metadata } = consumers[name] ?? {};
    return {
      share: quotaShare(accepted.get(name) ?? [], learnosityQuotas.deletion),
      metadataCalls: metadata?.received ?? 0,
      refused429: (deletion?.refused429 ?? 0) + (metadata?.refused429 ?? 0),
    };
  };
  return { verified: of('verified'), unverified: of('unverified') };
}

/**
 * Ids a second that the deletions of each consumer are taken in with through the library, in turns: what else the machine does in a run
 * falls on both.
 */
export async function enqueueRates(lab: Lab, ids: number, turns: number): Promise<Record<Beside, number[]>> {
  const rates: Record<Beside, number[]> = { verified: [], unverified: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    // Each is first as often as the other.
    for (const consumer of turn % 2 === 0 ? besides : besides.toReversed()) {
      const sessionIds = [...randomIds(ids)];
      const startedAt = performance.now();
      await lab.client.deleteSessions({ consumer, sessionIds });
      rates[consumer].push((ids * 1_000) / (performance.now() - startedAt));
    }
  }
  return rates;
}
