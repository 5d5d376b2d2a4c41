import type { Evidence, Finding } from './evidence.ts';

const rule = 'the figures of a lane are the sums of its requests (invariant 6)';

/** Compares what is counted of each lane with what the requests say that are open, and those that have ended. */
export function checkFigures({
  lanes,
  requests,
  isAllCounted,
}: Pick<Evidence, 'lanes' | 'requests' | 'isAllCounted'>): Finding[] {
  const findings: Finding[] = [];
  for (const { figures, open } of lanes) {
    const { consumer, kind, items, ended } = figures;
    const object = (what: string) => findings.push({ rule, what: `${consumer}, ${kind}: ${what}` });
    for (const state of ['pending', 'claimed', 'submitted', 'parked'] as const) {
      const sum = open.reduce((n, counts) => n + counts[state], 0);
      if (items[state] !== sum) object(`${items[state]} items are counted as ${state}, and requests have ${sum}`);
    }
    if (figures.openRequests !== open.length) object(`${figures.openRequests} requests of ${open.length} open ones`);
    const own = [...requests.values()].filter(({ view }) => view.consumer === consumer && view.kind === kind);
    for (const state of ['succeeded', 'failed', 'cancelled'] as const) {
      const sum = own.reduce((n, { view }) => n + view.counts[state], 0);
      // Others may have asked too, and what failed and was tried again counts each time.
      if (isAllCounted && ended[state] < sum)
        object(`${ended[state]} items are counted as ${state}, and requests have ${sum}`);
    }
  }
  return findings;
}
