import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { hasBody } from '../body/media-type.ts';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/problem-handler.ts';

/** A body has to move by so many bytes in every pace, until it is complete: 13 kbit/s. */
const leastBytes = 16 * 1024;
/** A whole body has this long, in ms: 48 MB at 1.3 Mbit/s. */
const defaultBodyTimeMs = 300_000;

const allowedMs = new WeakMap<IncomingMessage, number>();
const holds = new WeakMap<IncomingMessage, BodyHold>();

/** Gives the body of a request so long in all, in ms, whatever others have. */
export function allowBodyTime(request: IncomingMessage, ms: number): void {
  allowedMs.set(request, ms);
}

/** How long a body was not read, since whoever reads it had no room for more: its sender is not to blame for that. */
export class BodyHold {
  private heldMs = 0;
  private since: number | undefined;

  constructor(request: IncomingMessage) {
    holds.set(request, this);
    this.hold();
  }

  hold(): void {
    this.since ??= performance.now();
  }

  goOn(): void {
    this.heldMs += this.sinceHold();
    this.since = undefined;
  }

  /** Time held since it was taken last, in ms. */
  takeMs(): number {
    const ms = this.heldMs + this.sinceHold();
    this.heldMs = 0;
    if (this.since !== undefined) this.since = performance.now();
    return ms;
  }

  private sinceHold(): number {
    return this.since === undefined ? 0 : performance.now() - this.since;
  }
}

/**
 * Cuts off a body that comes slower than 16 kB in every `paceMs`: dripped, a few announced as large would keep the room for
 * large bodies from everybody else until the whole request's time is up. And one whose time is up.
 */
export function bodyPace(paceMs: number, bodyTimeMs = defaultBodyTimeMs): RequestHandler {
  return (request, response, next) => {
    if (hasBody(request.headers)) {
      const { socket } = request;
      const startedAt = performance.now();
      let seen = socket.bytesRead;
      const stop = (): void => {
        clearInterval(timer);
        socket.off('close', stop);
      };
      const timer = setInterval(() => {
        if (request.complete) return stop();
        const moved = socket.bytesRead - seen;
        seen = socket.bytesRead;
        // Of what is answered already nothing more is read but to be thrown away: nobody holds it, and it is no stream any longer.
        const isOver = response.writableEnded;
        const allowed = (isOver ? undefined : allowedMs.get(request)) ?? bodyTimeMs;
        const isInTime = performance.now() - startedAt < allowed;
        const wasHeld = !isOver && (holds.get(request)?.takeMs() ?? 0) > paceMs / 2;
        if (isInTime && (moved >= leastBytes || wasHeld)) return;
        stop();
        if (response.headersSent) return socket.destroy();
        response.set('Connection', 'close');
        sendProblem(
          response,
          new Problem('too-slow', 'The rest of the body did not come in time; nothing was accepted.'),
        );
      }, paceMs);
      socket.once('close', stop);
      // On a connection that is kept alive timers and listeners would gather. What was answered early may still drip.
      response.once('close', () => {
        if (request.complete) stop();
      });
    }
    next();
  };
}
