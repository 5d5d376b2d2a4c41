import { takeWalk, type Walk } from '../../src/selections/walks.ts';
import type { Lab } from '../lanes/lab.ts';

/** The walk that is due. */
export async function takenWalk(lab: Lab, token: string, leaseMs?: number): Promise<Walk> {
  const claim = await takeWalk(lab.keys, token, leaseMs);
  if (claim.is !== 'walk') throw new Error(`nothing to walk: ${JSON.stringify(claim)}`);
  return claim.walk;
}
