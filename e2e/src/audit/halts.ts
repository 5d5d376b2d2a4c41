import type { Evidence } from './evidence.ts';

/** So many halted jobs and an item is reported as failed (architecture: What a failure means). */
export const mostHalts = 5;

/** How many jobs that held each of these items halted, by item. */
export function haltsOf(items: ReadonlySet<string>, { calls, books }: Evidence): ReadonlyMap<string, number> {
  const halted = new Set(books.perJob.filter(({ state }) => state === 'halted').map(({ reference }) => reference));
  const halts = new Map<string, number>();
  for (const call of calls) {
    if (call.reference === undefined || !halted.has(call.reference)) continue;
    for (const item of new Set(call.items)) if (items.has(item)) halts.set(item, (halts.get(item) ?? 0) + 1);
  }
  return halts;
}
