import type { Request } from 'express';
import { readSessionCookie } from '../sign-in/session-cookie.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import { type Account, localAccount } from './account.ts';

/** Says who is asking; nobody means that they have to sign in. */
export type Access = (request: Request) => Promise<Account | undefined>;

/** Without users: everyone who gets here. */
export const localAccess: Access = async () => localAccount;

/** With users: whoever holds a session that has not ended. */
export function sessionAccess(sessions: Sessions): Access {
  return async (request) => {
    const token = readSessionCookie(request);
    return token === undefined ? undefined : (await sessions.read(token, { isUse: isUse(request) }))?.account;
  };
}

/** What a page asks by itself, to be up to date, is no sign of a person. Programs and old browsers do not tell. */
function isUse(request: Request): boolean {
  const loads = request.get('sec-fetch-dest');
  return loads === undefined ? request.get('accept') !== 'text/event-stream' : loads === 'document';
}
