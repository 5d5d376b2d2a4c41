import type { Operation } from './operation.ts';
import { asking } from './operations/asking.ts';
import { changing } from './operations/changing.ts';
import { following } from './operations/following.ts';
import { holding } from './operations/holding.ts';
import { process } from './operations/process.ts';
import { ruling } from './operations/ruling.ts';
import { selecting } from './operations/selecting.ts';
import { stopping } from './operations/stopping.ts';

/** Everything the API does, in the order in which the document shows it. */
export const operations: readonly Operation[] = [
  ...asking,
  ...selecting,
  ...ruling,
  ...following,
  ...changing,
  ...holding,
  ...stopping,
  ...process,
];
