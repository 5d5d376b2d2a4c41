import { Refusal } from '../call/refusal.ts';
import type { Naming } from '../script/faults.ts';
import type { Visit } from './endpoint.ts';

/** Longer values are named by their place: no message carries a whole submission. */
const longestNamedValue = 255;

interface ItemRefusal {
  status: number;
  code: number;
  naming: Naming;
  nameAll: boolean;
}

/** Whether a fault is about this item: it names it, or how it starts. */
export function isPicked(
  fault: { readonly items: readonly string[]; readonly prefix?: string | undefined },
  item: string,
): boolean {
  return fault.items.includes(item) || (fault.prefix !== undefined && item.startsWith(fault.prefix));
}

/** Refuses the whole call when a script calls one of its items bad. */
export function refuseBadItems(visit: Visit, parameter: string): void {
  const fault = visit.world.scripts.strike(['badItems'], visit, (candidate) =>
    visit.items.some((item) => isPicked(candidate, item)),
  );
  if (fault === undefined) return;
  refuseItems(visit, parameter, fault, 'Invalid parameter value', (item) => isPicked(fault, item));
}

/** Refuses a deletion that names sessions which do not exist, where a script or the stand-in's rule says so. */
export function refuseGoneSessions(visit: Visit, parameter: string): void {
  const { world } = visit;
  const isGone = (item: string) => !world.sessions.exists(item, visit.now);
  if (!visit.items.some(isGone)) return;
  const fault = world.scripts.strike(['gone'], visit);
  if ((fault?.answer ?? (world.goneAnswer === 'succeed' ? 'succeed' : 'refuse')) === 'succeed') return;
  const naming = world.goneAnswer === 'refuse-unnamed' ? 'none' : 'value';
  const refusal = fault ?? { status: 400, code: 20016, naming, nameAll: false };
  refuseItems(visit, parameter, refusal, 'Session not found', isGone);
}

function refuseItems(
  visit: Visit,
  parameter: string,
  refusal: ItemRefusal,
  message: string,
  isAtFault: (item: string) => boolean,
): never {
  const named: string[] = [];
  for (const [place, item] of visit.items.entries()) {
    if (refusal.naming === 'none' || !isAtFault(item)) continue;
    const byValue = refusal.naming === 'value' && item.length <= longestNamedValue;
    named.push(byValue ? item : `${parameter}[${place}]`);
    if (!refusal.nameAll) break;
  }
  throw new Refusal(refusal, named.length === 0 ? message : `${message}: ${named.join(', ')}`);
}
