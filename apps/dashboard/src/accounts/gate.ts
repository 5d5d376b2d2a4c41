import type { Request, RequestHandler } from 'express';
import { addressOf } from '../http/address.ts';
import { redisWork } from '../http/redis-work.ts';
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
    if (!isPageView(request)) return void response.status(401).json({ error: 'Sign in first.' });
    // The strict cookie stays home when somebody follows a link from elsewhere; coming again from here sends it.
    if (request.get('sec-fetch-site') === 'cross-site')
      return void response.send(comeAgainPage(returnPath(request.originalUrl)));
    response.redirect(303, `/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
  };
}

function isPageView(request: Request): boolean {
  return request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
}
