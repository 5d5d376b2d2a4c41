import { againMutants } from './again.mjs';
import { archiveMutants } from './archives.mjs';
import { deadlineMutants } from './deadlines.mjs';
import { durableMutants } from './durable.mjs';
import { evidenceMutants } from './evidence.mjs';
import { guardMutants } from './guards.mjs';
import { lostMutants } from './lost.mjs';
import { outcomeMutants } from './outcomes.mjs';
import { placeMutants } from './places.mjs';
import { privateMutants } from './private.mjs';
import { quotaMutants } from './quota.mjs';
import { ruleMutants } from './rules.mjs';
import { selectionMutants } from './selections.mjs';
import { sessionMutants } from './sessions.mjs';
import { stopMutants } from './stops.mjs';
import { tombstoneMutants } from './tombstones.mjs';
import { verificationMutants } from './verification.mjs';

/** Every mutant. The guards of an invariant stand in one of these files, whatever part of the code they are in. */
export const allMutants = [
  ...durableMutants,
  ...placeMutants,
  ...quotaMutants,
  ...outcomeMutants,
  ...lostMutants,
  ...privateMutants,
  ...againMutants,
  ...sessionMutants,
  ...tombstoneMutants,
  ...selectionMutants,
  ...ruleMutants,
  ...stopMutants,
  ...deadlineMutants,
  ...evidenceMutants,
  ...archiveMutants,
  ...verificationMutants,
  ...guardMutants,
];
