import type { ItemOutcome, Resolution } from '@session-queue/core/engine';
import type { Settled, Verdict } from './inspector.ts';

/** What an item waits for takes its time: a job at Learnosity. */
const waitsMs = 5_000;

/** What is to be done with a batch, once it was inspected, before anything is sent. */
export type Inspected =
  | { is: 'to be sent' }
  /** All of it waits. */
  | { is: 'waiting'; ms: number }
  /** Some of it is settled; the rest goes on in a child, and is inspected again. */
  | { is: 'settled'; resolution: Omit<Resolution, 'children'> };

/** A resolution carries one code: items that fail with another one go on in the child, and fail with that. */
export function inspected(size: number, verdicts: ReadonlyMap<number, Verdict>): Inspected {
  if (verdicts.size === 0) return { is: 'to be sent' };
  const all = [...verdicts.values()];
  if (verdicts.size === size && all.every(({ outcome }) => outcome === 'w')) return { is: 'waiting', ms: waitsMs };
  const failure = all.find((verdict): verdict is Settled => verdict.outcome === 'f');
  const outcomes = Array.from({ length: size }, (_, place) => outcomeOf(verdicts.get(place), failure));
  if (failure === undefined) return { is: 'settled', resolution: { outcomes } };
  const { code, message } = failure;
  const itemMessages = outcomes.map((_, place) => ofItem(verdicts.get(place)));
  return { is: 'settled', resolution: { outcomes, code, message, itemMessages } };
}

/** Children in their order: what may be sent, and what waits. */
function outcomeOf(verdict: Verdict | undefined, failure: Settled | undefined): ItemOutcome {
  if (verdict === undefined) return 0;
  if (verdict.outcome === 's') return 'alreadyDeleted';
  if (verdict.outcome === 'w') return 1;
  return verdict.code === failure?.code ? 'failed' : 0;
}

function ofItem(verdict: Verdict | undefined): string | undefined {
  return verdict?.outcome === 'f' ? verdict.ofItem : undefined;
}
