import type { Caller } from './caller.ts';

/** What a token turns out to be: somebody's, nobody's, or one that was somebody's and has ended. */
export type Found = Caller | 'ended' | undefined;

/** Finds out whose token this is. Throws a `Problem` when that cannot be found out now. */
export type FindCaller = (token: string) => Found | Promise<Found>;
