import type { Request, Response } from 'express';
import { sessionLifetimeMs } from './sessions.ts';

const plainName = 'session-queue';
/** Browsers take a cookie of this prefix only over HTTPS, for this host alone and for every path. */
const secureName = `__Host-${plainName}`;

/** The session's token as the browser sent it. */
export function readSessionCookie(request: Request): string | undefined {
  return readCookie(request, cookieName(request));
}

export function readCookie(request: Request, wanted: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === wanted) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export function setSessionCookie(request: Request, response: Response, token: string): void {
  response.cookie(cookieName(request), token, { ...attributes(request), maxAge: sessionLifetimeMs });
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(cookieName(request), attributes(request));
}

function cookieName(request: Request): string {
  return request.secure ? secureName : plainName;
}

function attributes(request: Request) {
  return { httpOnly: true, sameSite: 'strict', secure: request.secure, path: '/' } as const;
}
