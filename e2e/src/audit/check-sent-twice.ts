import type { SeenCall } from '../tap/learnosity-tap.ts';
import type { Evidence, Finding } from './evidence.ts';
import type { Fate } from './fates.ts';
import { isForgotten } from './forgotten.ts';

const rule = 'only an unknown outcome is sent twice, and never one that ignores revisions (invariants 5, 7)';

export interface SentTwice {
  allowed: number;
  notAllowed: number;
  findings: Finding[];
}

/**
 * Of every item in more than one accepted call: was each outcome but the last unknown when it was sent again? It was not when
 * Redis had taken the call's job reference by then (seen on the wire, whether or not the worker heard so), unless that job halted,
 * or a day has gone by without its end. What Redis has forgotten since, by the scenario's fault, it never took.
 */
export function checkSentTwice(evidence: Evidence, fates: readonly Fate[]): SentTwice {
  const { recorded, books, agedReferences } = evidence;
  const twice = fates.filter((fate) => fate.calls > 1);
  const holding = callsHolding(new Set(twice.map(({ item }) => item)), evidence.calls);
  const kept = recorded.filter(({ at }) => !isForgotten(evidence, at));
  const recordedAt = new Map(kept.map(({ reference, at }) => [reference, at]));
  const halted = books.perJob.filter(({ state }) => state === 'halted').map(({ reference }) => reference);
  const again = new Set([...halted, ...agedReferences]);
  const faults = new Map<string, { items: number; name: string }>();
  for (const { item, delivery, calls: accepted } of twice) {
    const sent = holding.get(item) ?? [];
    const mayIgnore = sent.slice(0, -1).every(({ sentAt }) => isForgotten(evidence, sentAt));
    const fault = faultOf(sent, accepted, delivery.ask.ignoring && !mayIgnore, recordedAt, again);
    if (fault === undefined) continue;
    const noted = faults.get(fault) ?? { items: 0, name: delivery.ask.name };
    faults.set(fault, { ...noted, items: noted.items + 1 });
  }
  const findings = [...faults].map(([fault, { items, name }]) => ({
    rule,
    what: `${items} items were sent twice ${fault} (of ${name})`,
  }));
  const notAllowed = [...faults.values()].reduce((sum, { items }) => sum + items, 0);
  return { allowed: twice.length - notAllowed, notAllowed, findings: [...findings, ...untold(evidence, twice)] };
}

/** Whoever asked is told how many items went out again; but of what Redis has forgotten since it can tell nothing. */
function untold({ requests, forgotten }: Evidence, twice: readonly Fate[]): Finding[] {
  if (forgotten.length > 0) return [];
  return [...new Set(twice.map(({ delivery }) => delivery))].flatMap((delivery) => {
    const evidence = requests.get(delivery.request ?? '');
    const items = twice.filter((fate) => fate.delivery === delivery).length;
    if (evidence === undefined || evidence.view.counts.resent >= items) return [];
    const what = `${items} items of ${delivery.ask.name} were sent twice, it tells of ${evidence.view.counts.resent}`;
    return [{ rule: 'what is sent twice is shown in its request (invariant 7)', what }];
  });
}

function callsHolding(items: ReadonlySet<string>, calls: readonly SeenCall[]): Map<string, SeenCall[]> {
  const holding = new Map<string, SeenCall[]>();
  for (const call of calls) {
    for (const item of call.items) {
      if (!items.has(item)) continue;
      const held = holding.get(item);
      if (held === undefined) holding.set(item, [call]);
      else held.push(call);
    }
  }
  return holding;
}

function faultOf(
  calls: readonly SeenCall[],
  accepted: number,
  ignoring: boolean,
  recordedAt: ReadonlyMap<string, number>,
  maySendAgain: ReadonlySet<string>,
): string | undefined {
  if (ignoring) return 'although they ignore revisions';
  if (calls.length < accepted) return 'past the tap';
  for (const [index, { reference }] of calls.slice(0, -1).entries()) {
    if (reference === undefined || maySendAgain.has(reference)) continue;
    const at = recordedAt.get(reference);
    const again = calls[index + 1];
    if (at !== undefined && again !== undefined && at <= again.sentAt)
      return 'although their job reference was recorded';
  }
  return undefined;
}
