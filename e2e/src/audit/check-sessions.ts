import type { SessionOutcome } from '@session-queue/core';
import type { Evidence, Finding } from './evidence.ts';
import type { Fate } from './fates.ts';

const rule = 'the index of sessions says what the requests say (invariant 6)';

const outcomesOf: Record<Fate['said'], readonly (SessionOutcome | 'not found')[]> = {
  succeeded: ['succeeded', 'absent'],
  failed: ['failed'],
  parked: ['parked'],
  open: ['waiting', 'submitted'],
  gone: ['not found'],
};

/** Compares what the index says of an item with what its request says. */
export function checkSessions({ sessions }: Evidence, fates: readonly Fate[]): Finding[] {
  const wrong = new Map<string, number>();
  for (const { item, delivery, said } of fates) {
    const found = sessions.get(item);
    if (found === undefined || delivery.request === undefined) continue;
    const outcome = found.find(({ id }) => id === delivery.request)?.outcome ?? 'not found';
    if (outcomesOf[said].some((one) => one === outcome)) continue;
    const what = `${outcome}, and ${said} by their request`;
    wrong.set(what, (wrong.get(what) ?? 0) + 1);
  }
  return [...wrong].map(([what, items]) => ({ rule, what: `${items} items are ${what}` }));
}
