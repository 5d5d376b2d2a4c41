import type { Removal, Removals } from '../items/removal.ts';
import type { Fault } from '../script/faults.ts';
import type { Visit } from './endpoint.ts';
import { isPicked } from './item-faults.ts';

type RemovalFault = Fault<'slowRemoval' | 'reappearance'>;

/** Which sessions of a deletion linger, or come back, as scripts say. `undefined`: all go at once and for good. */
export function planRemovals(visit: Visit, ids: ReadonlySet<string>): Removals | undefined {
  const slow = strike(visit, 'slowRemoval', ids);
  const back = strike(visit, 'reappearance', ids);
  if (slow === undefined && back === undefined) return undefined;
  const { sessions, random } = visit.world;
  const removals = new Map<number, Removal>();
  for (const id of ids) {
    const number = sessions.numberOf(id);
    const [lingers, reappears] = [slow, back].map((fault) => {
      const isStruck = fault !== undefined && concerns(fault, id) && random.removals.fraction() < fault.share;
      return isStruck ? random.removals.within(fault) : undefined;
    });
    if (number < 0 || (lingers === undefined && reappears === undefined)) continue;
    removals.set(number, { lingersMs: lingers ?? 0, reappearsMs: reappears ?? null });
  }
  return removals;
}

function strike<N extends RemovalFault['fault']>(visit: Visit, name: N, ids: ReadonlySet<string>) {
  return visit.world.scripts.strike([name], visit, (fault) => [...ids].some((id) => concerns(fault, id)));
}

function concerns(fault: RemovalFault, id: string): boolean {
  return (fault.items.length === 0 && fault.prefix === undefined) || isPicked(fault, id);
}
