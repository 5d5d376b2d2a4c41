import type { Caller } from './caller.ts';

/** What a token turns out to be: somebody's, nobody's, or one that was somebody's and has ended. */
export type Found = Caller | 'ended' | undefined;

/** Finds out whose token this is. Throws a `Problem` when that cannot be found out now. */
export type FindCaller = (token: string) => Found | Promise<Found>;

/** Asks one way after the other, until one knows the token. */
export function firstToKnow(ways: readonly FindCaller[]): FindCaller {
  return async (token) => {
    for (const find of ways) {
      const found = await find(token);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
