import { secretsEqual, type User } from '@session-queue/core';
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { accountOf } from '../accounts/account.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { redisWork } from '../http/redis-work.ts';
import { duration } from '../pages/wording.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { returnPath } from './return-path.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import { signInPage } from './sign-in-page.ts';
import type { SignInThrottle } from './throttle.ts';

const attempt = z.object({
  name: z.string().max(200),
  password: z.string().max(1_000),
  next: z.string().max(2_000).optional(),
});

export interface SignInOptions {
  users: readonly User[];
  sessions: Sessions;
  ended: EndedSessions;
  throttle: SignInThrottle;
  audit: AuditLog;
}

/** Signing in with name and password, and out again. */
export function signInRoutes(options: SignInOptions): Router {
  const router = Router();
  router.get('/sign-in', (request, response) => {
    response.send(signInPage({ next: returnPath(request.query.next) }));
  });
  router.post('/sign-in', urlencoded({ extended: false, limit: '8kb' }), signIn(options));
  router.post('/sign-out', signOut(options));
  return router;
}

function signIn({ users, sessions, throttle, audit }: SignInOptions): RequestHandler {
  const byName = new Map(users.map((user) => [user.name, user]));
  return (request, response) => {
    const form = attempt.safeParse(request.body);
    if (!form.success) return refuse(request, response, 400, 'Give a name and a password.');
    const { name, password } = form.data;
    const address = request.ip ?? '';
    const waitMs = throttle.waitMs(address, name);
    if (waitMs > 0) {
      response.set('Retry-After', String(Math.ceil(waitMs / 1_000)));
      const wait = duration(Math.max(1_000, waitMs));
      return refuse(request, response, 429, `Too many failed attempts. Try again in ${wait}.`);
    }
    const user = byName.get(name);
    // A name that nobody has takes as long as a wrong password.
    const matches = secretsEqual(password, user?.password ?? 'a password that nobody has');
    if (user === undefined || !matches) {
      throttle.failed(address, name);
      // Never the name as typed: now and then it is a password.
      audit.record({
        action: 'sign in',
        allowed: false,
        address,
        reason: user ? `wrong password for ${user.name}` : 'unknown name',
      });
      return refuse(request, response, 401, 'Name or password is wrong.');
    }
    throttle.succeeded(address, name);
    const account = accountOf(user);
    audit.record({ action: 'sign in', account, allowed: true, address });
    setSessionCookie(request, response, sessions.issue(account));
    response.redirect(303, returnPath(form.data.next));
  };
}

function refuse(request: Request, response: Response, status: number, problem: string): void {
  const { name, next } = attempt
    .partial()
    .catch({})
    .parse(request.body ?? {});
  response.status(status).send(signInPage({ next: returnPath(next), name, problem }));
}

function signOut({ sessions, ended, audit }: SignInOptions): RequestHandler {
  return async (request, response) => {
    const token = readSessionCookie(request);
    const session = token === undefined ? undefined : sessions.read(token);
    clearSessionCookie(request, response);
    if (session !== undefined) {
      await redisWork(5_000, ended.end(session));
      audit.record({ action: 'sign out', account: session.account, allowed: true, address: request.ip });
    }
    response.redirect(303, '/sign-in');
  };
}
