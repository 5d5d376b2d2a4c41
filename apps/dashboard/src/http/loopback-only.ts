import type { RequestHandler } from 'express';
import { isLoopback } from './loopback.ts';
import { Refused } from './refused.ts';

const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * Where nobody signs in, everyone who gets here is an admin, so only this machine may get here: not a web page whose
 * host name was pointed at 127.0.0.1 (DNS rebinding), and not the world through a proxy on this machine.
 */
export function loopbackOnly(): RequestHandler {
  return (request, _response, next) => {
    const forwarded = forwarding.some((header) => request.headers[header] !== undefined);
    const local = isLoopback(request.hostname ?? '') && isLoopback(request.socket.remoteAddress ?? '');
    if (local && !forwarded) return next();
    next(
      new Refused(
        403,
        'Without DASHBOARD_USERS_FILE or another way to sign in the dashboard answers this machine only, under localhost.',
      ),
    );
  };
}
