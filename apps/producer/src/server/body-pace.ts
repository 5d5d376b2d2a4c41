import type { Request, RequestHandler } from 'express';
import { hasBody } from '../body/media-type.ts';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/problem-handler.ts';

/** A body has to move by so many bytes in every pace, until it is complete: 13 kbit/s. */
const leastBytes = 16 * 1024;
/** A whole body has this long, in ms: 48 MB at 1.3 Mbit/s. */
const bodyTimeMs = 300_000;

const allowedMs = new WeakMap<Request, number>();

/** Gives the body of a request so long in all, in ms, in place of 300,000. */
export function allowBodyTime(request: Request, ms: number): void {
  allowedMs.set(request, ms);
}

/**
 * Cuts off a body that comes slower than 16 kB in every `paceMs`: dripped, a few announced as large would keep the room for
 * large bodies from everybody else until the whole request's time is up. And one whose time is up.
 */
export function bodyPace(paceMs: number): RequestHandler {
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
        const isInTime = performance.now() - startedAt < (allowedMs.get(request) ?? bodyTimeMs);
        // What has come and was not read is not its sender's fault.
        if (isInTime && (moved >= leastBytes || request.readableLength > 0)) return;
        stop();
        if (response.headersSent) return socket.destroy();
        response.set('Connection', 'close');
        sendProblem(response, new Problem('too-slow', 'The rest of the body did not come in time; nothing was kept.'));
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
