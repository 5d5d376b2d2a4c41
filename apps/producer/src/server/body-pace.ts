import type { RequestHandler } from 'express';
import { hasBody } from '../body/media-type.ts';
import { Problem } from '../problems/problem.ts';
import { sendProblem } from '../problems/problem-handler.ts';

/** A body has to move by so many bytes in every pace, until it is complete: 13 kbit/s. */
const leastBytes = 16 * 1024;

/**
 * Cuts off a body that comes slower than 16 kB in every `paceMs`: dripped, a few announced as large would keep the room for
 * large bodies from everybody else until the whole request's time is up.
 */
export function bodyPace(paceMs: number): RequestHandler {
  return (request, response, next) => {
    if (hasBody(request.headers)) {
      const { socket } = request;
      let seen = socket.bytesRead;
      const timer = setInterval(() => {
        if (request.complete) return clearInterval(timer);
        const moved = socket.bytesRead - seen;
        seen = socket.bytesRead;
        if (moved >= leastBytes) return;
        clearInterval(timer);
        if (response.headersSent) return socket.destroy();
        response.set('Connection', 'close');
        sendProblem(response, new Problem('too-slow', 'The rest of the body did not come in time; nothing was kept.'));
      }, paceMs);
      // Of the response and not of the socket: on a connection that is kept alive, listeners would gather.
      response.once('close', () => clearInterval(timer));
    }
    next();
  };
}
