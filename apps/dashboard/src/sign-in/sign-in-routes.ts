import { maxPasswordLength } from '@session-queue/core';
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import type { AuditLog } from '../audit/audit-log.ts';
import { addressOf } from '../http/address.ts';
import { checkFormToken } from '../http/form-token.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import type { Issuer } from './issuer.ts';
import { issuerRoutes } from './issuer-routes.ts';
import type { Passwords } from './passwords.ts';
import { returnPath } from './return-path.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { SignInOutcome } from './sign-in-outcome.ts';
import { type SignInForm, signedOutPage, signInPage } from './sign-in-page.ts';
import { type SignInThrottle, tooManyWords } from './throttle.ts';

const redisWithinMs = 5_000;
const attempt = z.object({
  name: z.string().max(200),
  password: z.string().max(maxPasswordLength),
  next: z.string().max(2_000).optional(),
});

export interface SignInOptions {
  /** Absent where nobody signs in with a password. */
  passwords: Passwords | undefined;
  /** Absent where there is no issuer. */
  issuer: Issuer | undefined;
  sessions: Sessions;
  throttle: SignInThrottle;
  audit: AuditLog;
  /** Told of every attempt, for the metrics. */
  attempted: (outcome: SignInOutcome) => void;
}

/** Signing in with name and password or at an issuer, and out again. */
export function signInRoutes(options: SignInOptions): Router {
  const { passwords, issuer, sessions, throttle, audit, attempted } = options;
  const router = Router();
  const form = urlencoded({ extended: false, limit: '8kb' });
  router.get('/sign-in', (request, response) => {
    response.send(pageOf(options, { next: returnPath(request.query.next) }));
  });
  if (passwords !== undefined) router.post('/sign-in', form, signIn(passwords, options));
  if (issuer !== undefined) {
    const isTaken = (name: string) => passwords?.find(name) !== undefined;
    router.use(issuerRoutes({ issuer, sessions, isTaken, throttle, audit, attempted }));
    router.get('/signed-out', signedOut(issuer));
  }
  router.post('/sign-out', form, signOut(options));
  return router;
}

function signIn(passwords: Passwords, options: SignInOptions): RequestHandler {
  const { sessions, throttle, audit, attempted } = options;
  return async (request, response) => {
    const form = attempt.safeParse(request.body);
    if (!form.success)
      return refuse(request, response, options, { status: 400, problem: 'Give a name and a password.' });
    const { name, password, next } = form.data;
    const address = addressOf(request) ?? '';
    const waitMs = throttle.waitMs(address, name);
    if (waitMs > 0) return tooMany(request, response, options, waitMs);
    // Counted before it is looked at: a thousand guesses at once are not one.
    throttle.failed(address, name);
    const user = await passwords.check(name, password);
    if (user === 'busy') {
      attempted('throttled');
      response.set('Retry-After', '5');
      return refuse(request, response, options, {
        status: 503,
        problem: 'Too many people sign in right now. Try again in 5 seconds.',
      });
    }
    if (user === undefined) {
      attempted('refused');
      const known = passwords.find(name);
      // Never the name as typed: now and then it is a password.
      const detail = known === undefined ? 'unknown name' : `wrong password for ${known.name}`;
      await audit.note({ action: 'sign-in', address }, { outcome: 'refused', detail });
      return refuse(request, response, options, { status: 401, problem: 'Name or password is wrong.' });
    }
    throttle.succeeded(address, name);
    // A session that this browser had before is not to live on unseen.
    await redisWork(redisWithinMs, sessions.end(readSessionCookie(request) ?? ''));
    const token = await redisWork(redisWithinMs, sessions.openFor(user));
    await audit.note({ action: 'sign-in', account: user, address }, { outcome: 'done' });
    attempted('done');
    setSessionCookie(request, response, token);
    response.redirect(303, returnPath(next));
  };
}

function tooMany(request: Request, response: Response, options: SignInOptions, waitMs: number): void {
  options.attempted('throttled');
  response.set('Retry-After', String(Math.ceil(waitMs / 1_000)));
  refuse(request, response, options, { status: 429, problem: tooManyWords(waitMs) });
}

function refuse(
  request: Request,
  response: Response,
  options: SignInOptions,
  { status, problem }: { status: number; problem: string },
): void {
  const { name, next } = attempt
    .partial()
    .catch({})
    .parse(request.body ?? {});
  response.status(status).send(pageOf(options, { next: returnPath(next), name, problem }));
}

function pageOf({ passwords, issuer }: SignInOptions, form: SignInForm): string {
  return signInPage(form, { hasPasswords: passwords !== undefined, issuer: issuer?.name });
}

function signOut({ sessions, issuer, audit }: SignInOptions): RequestHandler {
  return async (request, response) => {
    const token = readSessionCookie(request) ?? '';
    const session = await redisWork(redisWithinMs, sessions.read(token, { isUse: false }));
    if (session !== undefined) {
      checkFormToken(request, session.account);
      await audit.note(
        { action: 'sign-out', account: session.account, address: addressOf(request) },
        { outcome: 'done' },
      );
      // Last: a page that still asks for something must not see it long before its browser goes on.
      await redisWork(redisWithinMs, sessions.end(token));
    }
    clearSessionCookie(request, response);
    response.redirect(303, session?.way === 'issuer' && issuer !== undefined ? '/signed-out' : '/sign-in');
  };
}

function signedOut(issuer: Issuer): RequestHandler {
  return async (_request, response) => {
    // Nobody is kept here because the issuer is away.
    const address = await issuer.endAddress().catch((error: unknown) => {
      if (error instanceof Refused) return undefined;
      throw error;
    });
    response.send(signedOutPage(issuer.name, address?.href));
  };
}
