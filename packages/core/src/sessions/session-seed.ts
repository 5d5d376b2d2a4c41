import { randomInt } from 'node:crypto';

const parts = 5;
/** Keeps products with 32 bits exact in Lua's numbers. */
const below = 2 ** 18;

/** What an index that is not there yet is made with: whoever does not know it cannot choose ids that meet in one bucket. */
export const sessionSeed = Array.from({ length: parts }, () => randomInt(1, below)).join(' ');
