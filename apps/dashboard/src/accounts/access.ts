import type { Request } from 'express';
import type { EndedSessions } from '../sign-in/ended-sessions.ts';
import { readSessionCookie } from '../sign-in/session-cookie.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import { type Account, localAccount } from './account.ts';

/** Says who is asking; nobody means that they have to sign in. */
export type Access = (request: Request) => Promise<Account | undefined>;

/** Without users: everyone who gets here. */
export const localAccess: Access = async () => localAccount;

/** With users: whoever holds a session that was not ended. */
export function sessionAccess(sessions: Sessions, ended: EndedSessions): Access {
  return async (request) => {
    const token = readSessionCookie(request);
    const session = token === undefined ? undefined : sessions.read(token);
    if (session === undefined || (await ended.hasEnded(session))) return undefined;
    return session.account;
  };
}
