import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { readCookie } from './session-cookie.ts';

/** How long somebody may take at the issuer, in ms. */
const visitMs = 10 * 60_000;
const cookieName = 'session-queue-visit';

const visitSchema = z.object({
  state: z.string().min(1),
  nonce: z.string().min(1),
  verifier: z.string().min(1),
  /** Where somebody wanted to go. */
  next: z.string(),
});
/** What must be known when somebody comes back from the issuer. */
export type IssuerVisit = z.infer<typeof visitSchema>;

/**
 * Keeps it in the browser that leaves, so that no other one can finish its visit, and nobody who only asks for this page fills Redis. Unlike
 * the session's cookie it is `Lax`: coming back is a link from another site.
 */
export function leaveForIssuer(request: Request, response: Response, visit: IssuerVisit): void {
  const text = Buffer.from(JSON.stringify(visit)).toString('base64url');
  response.cookie(nameFor(request), text, { ...attributes(request), maxAge: visitMs });
}

/** The visit of this browser, which is over then; the code that comes back is good once in any case, as the issuer sees to. */
export function comeBackFromIssuer(request: Request, response: Response): IssuerVisit | undefined {
  const text = readCookie(request, nameFor(request));
  response.clearCookie(nameFor(request), attributes(request));
  if (text === undefined) return undefined;
  try {
    return visitSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

function nameFor(request: Request): string {
  return request.secure ? `__Host-${cookieName}` : cookieName;
}

function attributes(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure: request.secure, path: '/' };
}
