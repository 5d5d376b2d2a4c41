import { acceptedCalls } from '../lab/accepted-calls.ts';
import { type Lab, pause } from '../lab/lab.ts';
import { learnosityQuotas } from '../lab/learnosity-quotas.ts';
import { quotaShare } from '../measures/quota-share.ts';
import { randomIds } from '../taking-in/random-ids.ts';

/** Two consumers of one run: the first has what is measured, the second has not. */
export type Pair<Name extends string> = readonly [has: Name, hasNot: Name];

export interface SpentQuota {
  /** The share of the quota of deletions that was used. */
  share: number;
  /** Calls of the metadata endpoint. */
  metadataCalls: number;
  /** Of both endpoints. */
  refused429: number;
}

/** Has both consumers delete at the full quota for so many seconds, at the same time. */
export async function spendQuota<Name extends string>(
  lab: Lab,
  pair: Pair<Name>,
  seconds: number,
): Promise<Record<Name, SpentQuota>> {
  // More than goes out meanwhile: 50 ids a second.
  const sessionIds = (): string[] => [...randomIds(100 * seconds)];
  await Promise.all(pair.map((consumer) => lab.client.deleteSessions({ consumer, sessionIds: sessionIds() })));
  await pause(seconds * 1_000);
  const [accepted, { consumers }] = await Promise.all([acceptedCalls(lab, 'deletion'), lab.books()]);
  return forBoth(pair, (name) => {
    const { deletion, metadata } = consumers[name] ?? {};
    return {
      share: quotaShare(accepted.get(name) ?? [], learnosityQuotas.deletion),
      metadataCalls: metadata?.received ?? 0,
      refused429: (deletion?.refused429 ?? 0) + (metadata?.refused429 ?? 0),
    };
  });
}

/**
 * Ids a second that the deletions of each consumer are taken in with through the library, in turns: what else the machine does in a run
 * falls on both.
 */
export async function enqueueRates<Name extends string>(
  lab: Lab,
  pair: Pair<Name>,
  { ids, turns }: { ids: number; turns: number },
): Promise<Record<Name, number[]>> {
  const rates = forBoth(pair, (): number[] => []);
  for (let turn = 0; turn < turns; turn += 1) {
    // Each is first as often as the other.
    for (const consumer of turn % 2 === 0 ? pair : pair.toReversed()) {
      const sessionIds = [...randomIds(ids)];
      const startedAt = performance.now();
      await lab.client.deleteSessions({ consumer, sessionIds });
      rates[consumer].push((ids * 1_000) / (performance.now() - startedAt));
    }
  }
  return rates;
}

function forBoth<Name extends string, T>([has, hasNot]: Pair<Name>, measure: (name: Name) => T): Record<Name, T> {
  return { [has]: measure(has), [hasNot]: measure(hasNot) } as Record<Name, T>;
}
