import type { Account } from './account.ts';
import type { Caller } from './caller.ts';

/** Who is calling, behind the gate. */
export function signedIn(caller: Caller): Account {
  const account = caller.current;
  if (account === undefined) throw new Error('nothing behind the gate is answered for nobody');
  return account;
}
