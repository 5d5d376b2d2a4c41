import { type RequestHandler, Router } from 'express';
import type { AuditLog } from '../audit/audit-log.ts';
import { addressOf } from '../http/address.ts';
import { redisWork } from '../http/redis-work.ts';
import { Refused } from '../http/refused.ts';
import { comeAgainPage } from './come-again-page.ts';
import { type Issuer, type IssuerPerson, issuerAnswerPath } from './issuer.ts';
import { comeBackFromIssuer, leaveForIssuer } from './issuer-visit.ts';
import { returnPath } from './return-path.ts';
import { setSessionCookie } from './session-cookie.ts';
import type { Sessions } from './sessions.ts';
import type { SignInOutcome } from './sign-in-outcome.ts';
import { type SignInThrottle, tooManyWords } from './throttle.ts';

const redisWithinMs = 5_000;

export interface IssuerRoutesOptions {
  issuer: Issuer;
  sessions: Sessions;
  /** Whether somebody with a password has this name: then it would not be told apart in the audit log. */
  isTaken: (name: string) => boolean;
  throttle: SignInThrottle;
  audit: AuditLog;
  attempted: (outcome: SignInOutcome) => void;
}

/** `GET /sign-in/issuer` sends somebody to the issuer, who sends them back to `/sign-in/issuer/answer`. */
export function issuerRoutes(options: IssuerRoutesOptions): Router {
  const router = Router();
  router.get('/sign-in/issuer', leave(options));
  router.get(issuerAnswerPath, comeBack(options));
  return router;
}

function leave({ issuer }: IssuerRoutesOptions): RequestHandler {
  return async (request, response) => {
    const { address, visit } = await issuer.begin();
    leaveForIssuer(request, response, { ...visit, next: returnPath(request.query.next) });
    response.redirect(303, address.href);
  };
}

function comeBack(options: IssuerRoutesOptions): RequestHandler {
  const { issuer, sessions, throttle, audit, attempted } = options;
  return async (request, response) => {
    const visit = comeBackFromIssuer(request, response);
    if (visit === undefined) {
      throw new Refused(400, 'This sign-in was begun elsewhere, is used up, or took over 10 minutes. Sign in again.');
    }
    const address = addressOf(request) ?? '';
    const waitMs = throttle.waitMs(address);
    if (waitMs > 0) {
      attempted('throttled');
      response.set('Retry-After', String(Math.ceil(waitMs / 1_000)));
      throw new Refused(429, tooManyWords(waitMs));
    }
    // What a browser says of its visit is its own word: each answer made up would cost the issuer a call, and the audit log an entry.
    throttle.failed(address);
    const act = { action: 'sign-in', way: issuer.name, address };
    const { search } = new URL(request.originalUrl, 'http://here.invalid');
    try {
      const person = await issuer.finish(search, visit);
      const { name, role } = admitted(person, options);
      const token = await redisWork(redisWithinMs, sessions.openForIssuer(name, role));
      await audit.note({ ...act, account: { name, role } }, { outcome: 'done' });
      throttle.succeeded(address);
      attempted('done');
      setSessionCookie(request, response, token);
      // The session's cookie is strict: a redirect that another site began would not send it yet.
      response.send(comeAgainPage(returnPath(visit.next)));
    } catch (error) {
      if (error instanceof Refused) {
        attempted('refused');
        await audit.note(act, { outcome: 'refused', detail: detailOf(error) });
      }
      throw error;
    }
  };
}

function admitted({ name, role }: IssuerPerson, { issuer, isTaken }: IssuerRoutesOptions) {
  if (role === undefined) {
    throw new Refused(
      403,
      `${issuer.name} knows you as ${name}, and gives you no role here. Ask whoever runs it for one, then sign in again.`,
    );
  }
  if (isTaken(name)) {
    throw new Refused(
      403,
      `${issuer.name} knows you as ${name}, as somebody with a password here is called. Ask an admin to take one of the two away.`,
    );
  }
  return { name, role };
}

/** With the library's code for what was wrong; its message could repeat what was sent. */
function detailOf({ message, cause }: Refused): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return message;
  return `${message} (${String(cause.code)})`;
}
