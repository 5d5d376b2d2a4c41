import { type HoldToResolve, takeHold } from '../../src/legal-holds/resolving.ts';
import type { Lab } from '../lanes/lab.ts';

/** The hold whose sessions are to be found next. */
export async function takenHold(lab: Lab): Promise<HoldToResolve> {
  const hold = await takeHold(lab.keys, 'token');
  if ('ms' in hold) throw new Error('there is nothing to resolve');
  return hold;
}
