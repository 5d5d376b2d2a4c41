import type { Request, RequestHandler } from 'express';
import { addressOf } from '../http/address.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import { comeAgainPage } from '../sign-in/come-again-page.ts';
import { returnPath } from '../sign-in/return-path.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';

const accessDeadlineMs = 5_000;

/** Lets nobody past who is not signed in: people are shown where to sign in, programs get a 401. */
export function gate(access: Access, caller: Caller): RequestHandler {
  return async (request, response, next) => {
    const account = await redisWork(accessDeadlineMs, access(request));
    if (account !== undefined) return caller.as(account, addressOf(request), next);
    if (!wantsPage(request)) return void response.status(401).json({ error: 'Sign in first.' });
    // A form of a sign-in that is over: what it would do is not done by signing in.
    if (request.method !== 'GET')
      throw new Refused(401, 'Your sign-in is over, and nothing was done. Sign in, and do it again.');
    // The strict cookie stays home when somebody follows a link from elsewhere; coming again from here sends it.
    if (request.get('sec-fetch-site') === 'cross-site')
      return void response.send(comeAgainPage(returnPath(request.originalUrl)));
    response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
  };
}

/** A browser that shows what it gets to a person; programs, and scripts of a page, want JSON. */
function wantsPage(request: Request): boolean {
  return (request.method === 'GET' || request.method === 'POST') && request.accepts(['json', 'html']) === 'html';
}
