import fc from 'fast-check';
import type { GiveBack, ItemOutcome, SlotRelease } from '../../../src/lanes/lane.ts';

export interface Outcomes {
  /** The outcomes of a batch's items, over and over. */
  pattern: ItemOutcome[];
  halves: boolean;
}

/** What services, workers, the reconciler and people do to a lane. `of` counts from the newest; `twice` runs it again at once. */
export type Action = { twice: boolean } & (
  | { do: 'request'; size: number; ignoring: boolean }
  | { do: 'claim' }
  | { do: 'claim again' | 'record'; of: number }
  | { do: 'begin' | 'lose'; of: number; arrives: boolean }
  | { do: 'give back'; of: number; cause: GiveBack['cause']; slot: SlotRelease['how'] }
  | ({ do: 'resolve' | 'settle'; of: number } & Outcomes)
  | { do: 'hold' | 'release' | 'cancel' | 'retry'; of: number }
  | { do: 'unpark'; of: number; action: 'resend' | 'fail' }
  | { do: 'look'; passes: boolean }
  | { do: 'mend' | 'let time pass' | 'expire' }
);

const twice = fc.boolean();
/** Mostly the newest, at times any. */
const of = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(4) }, fc.nat(60));
const outcome = fc.constantFrom<ItemOutcome>('succeeded', 'absent', 'failed', 'cancelled', 'parked', 0, 1, 2);
const outcomes = {
  pattern: fc.oneof(
    fc.constant<ItemOutcome[]>(['succeeded']),
    fc.constant<ItemOutcome[]>([0]),
    fc.array(outcome, { minLength: 1, maxLength: 7 }),
  ),
  halves: fc.boolean(),
};
const cause = fc.constantFrom<GiveBack['cause']>('unsent', 'quota', 'transient', 'unknown', 'unknown', 'consumer');
const slot = fc.constantFrom<SlotRelease['how']>('anchor', 'late', 'unused', 'keep');
const size = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 120 }));
const person = fc.constantFrom(
  'hold' as const,
  'release' as const,
  'release' as const,
  'cancel' as const,
  'retry' as const,
);

export const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('request' as const), size, ignoring: fc.boolean(), twice }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('claim' as const), twice }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('claim again' as const), of, twice }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('begin' as const), of, arrives: fc.boolean(), twice }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('record' as const), of, twice }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('lose' as const), of, arrives: fc.boolean(), twice }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('look' as const), passes: fc.boolean(), twice: fc.constant(false) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('give back' as const), of, cause, slot, twice }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('resolve' as const), of, ...outcomes, twice }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settle' as const), of, ...outcomes, twice }) },
  { weight: 5, arbitrary: fc.record({ do: person, of, twice }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('unpark' as const),
      of,
      action: fc.constantFrom('resend' as const, 'fail' as const),
      twice,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mend' as const), twice }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('let time pass' as const), twice: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), twice: fc.constant(false) }) },
);
