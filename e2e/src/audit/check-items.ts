import type { Delivery } from '../load/delivery.ts';
import type { Evidence, Finding } from './evidence.ts';
import { type Fate, isAtItsEnd } from './fates.ts';
import { haltsOf, mostHalts } from './halts.ts';

const rule = 'accepted items lost: 0 (invariants 1, 2, 8)';

const isMissing = ({ delivery, said, isDone }: Fate): boolean =>
  delivery.outcome === 'promised' && !isDone && said !== 'failed' && said !== 'parked';

/** An accepted item is lost when it was neither carried out nor reported as failed or parked, nor is on its way. */
export const isLost = (fate: Fate): boolean => isMissing(fate) && fate.said !== 'open';
/** It stands in its request and has not come to its end in the time that there was. */
export const isUnfinished = (fate: Fate): boolean => isMissing(fate) && fate.said === 'open';

/** Compares what was promised with what the requests say and with what Learnosity has done. */
export function checkItems(evidence: Evidence, fates: readonly Fate[]): Finding[] {
  const told = (what: string, test: (fate: Fate) => boolean): Finding[] => {
    const found = fates.filter(test);
    if (found.length === 0) return [];
    const names = [...new Set(found.map(({ delivery }) => delivery.ask.name))].slice(0, 5).join(', ');
    return [{ rule, what: `${found.length} items ${what} (of ${names})` }];
  };
  const halts = haltsOf(new Set(fates.filter(({ isDone }) => !isDone).map(({ item }) => item)), evidence);
  const halted = ({ item }: Fate): number => halts.get(item) ?? 0;
  return [
    ...told('were accepted, and nobody knows of them any more', (fate) => isLost(fate) && fate.said === 'gone'),
    ...told(
      'are said to have succeeded, and were never carried out',
      (fate) => isLost(fate) && fate.said === 'succeeded',
    ),
    ...told('were accepted and are not at their end', isUnfinished),
    ...told(
      'failed, and nothing was wrong with them',
      (fate) => fate.said === 'failed' && !fate.delivery.ask.bad.has(fate.item) && halted(fate) < mostHalts,
    ),
    ...told(
      `halted ${mostHalts} times, and are not said to have failed`,
      (fate) => halted(fate) >= mostHalts && fate.said !== 'failed' && fate.said !== 'open',
    ),
    ...told(`were sent again after they had halted ${mostHalts} times`, (fate) => halted(fate) > mostHalts),
    ...told(
      'are parked, and do not ignore revisions',
      ({ said, delivery }) => said === 'parked' && !delivery.ask.ignoring,
    ),
    ...told(
      'are bad, and are not said to have failed',
      ({ said, delivery, item }) =>
        delivery.outcome === 'promised' && delivery.ask.bad.has(item) && said !== 'failed' && said !== 'open',
    ),
    ...told(
      'were refused, and were sent all the same',
      ({ delivery, calls }) => delivery.outcome === 'refused' && calls > 0,
    ),
    ...halves(fates),
    ...evidence.deliveries.flatMap((delivery) => countFaults(delivery, evidence)),
    ...strangers(evidence, fates),
  ];
}

/** What nobody was promised may have been accepted all the same, but then whole. */
function halves(fates: readonly Fate[]): Finding[] {
  const unknown = fates.filter(({ delivery }) => delivery.outcome === 'unknown');
  const names = new Set(unknown.map(({ delivery }) => delivery.ask.name));
  return [...names].flatMap((name) => {
    const items = unknown.filter(({ delivery }) => delivery.ask.name === name);
    const sent = items.filter(({ calls }) => calls > 0).length;
    if (sent === 0 || sent === items.length) return [];
    return [
      {
        rule: 'a request is accepted whole or not at all (invariant 1)',
        what: `${sent} of ${items.length} items were sent of ${name}, which nobody was promised`,
      },
    ];
  });
}

/** Counts add up, agree with the lists, and with what the service was told (invariant 6). */
function countFaults({ ask, outcome, request, total }: Delivery, { requests }: Evidence): Finding[] {
  const evidence = request === undefined ? undefined : requests.get(request);
  if (evidence === undefined || outcome !== 'promised') return [];
  const { counts, state, error } = evidence.view;
  const distinct = new Set(ask.items).size;
  const faults: string[] = [];
  const sum =
    counts.pending +
    counts.claimed +
    counts.submitted +
    counts.parked +
    counts.succeeded +
    counts.failed +
    counts.cancelled;
  if (counts.total !== sum) faults.push(`its counts do not add up: ${sum} of ${counts.total}`);
  if (counts.total !== distinct) faults.push(`its total is ${counts.total}, asked were ${distinct}`);
  if (total !== undefined && total !== distinct)
    faults.push(`its service was told ${total} items, asked were ${distinct}`);
  if (counts.failed !== evidence.failed.length)
    faults.push(`it counts ${counts.failed} failed and lists ${evidence.failed.length}`);
  if (counts.parked !== evidence.parked.length)
    faults.push(`it counts ${counts.parked} parked and lists ${evidence.parked.length}`);
  if (error !== undefined) faults.push(`it was refused at intake: ${error}`);
  if (!isAtItsEnd(evidence.view)) faults.push(`it is not at its end: ${state}`);
  return faults.map((what) => ({ rule: 'counts add up and say what is (invariant 6)', what: `${ask.name}: ${what}` }));
}

function strangers({ books, deliveries }: Evidence, fates: readonly Fate[]): Finding[] {
  const asked = new Set(fates.filter(({ delivery }) => delivery.ask.kind === 'deletion').map(({ item }) => item));
  const unknown = Object.keys(books.perSession).filter((id) => !asked.has(id)).length;
  const submissions = fates.filter(({ delivery, calls }) => delivery.ask.kind === 'resubmission' && calls > 0).length;
  const unknownSubmissions = Object.keys(books.perSubmission).length - submissions;
  if (deliveries.length === 0 || unknown + unknownSubmissions === 0) return [];
  return [{ rule, what: `${unknown} sessions and ${unknownSubmissions} submissions were sent that nobody asked for` }];
}
