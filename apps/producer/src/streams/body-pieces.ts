import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import { decoded } from '../body/read-body.ts';
import { freeMemory } from '../memory/free-memory.ts';
import { Problem } from '../problems/problem.ts';
import { BodyHold } from '../server/body-pace.ts';

/** Most bytes of a body once it is decoded: small ones may go on for gigabytes. */
const maxDecodedBytes = 16 * 1024 ** 3;

/** The body ended before its end, or cannot be decoded: of what it holds nothing is known to be wrong. */
export class CutOffProblem extends Problem {
  constructor(cause: unknown) {
    super('invalid-request', 'The body cannot be read.', { cause });
  }
}

/**
 * A request's body, decoded, a piece at a time: what is not asked for is not read, so that the client waits (back-pressure). The
 * memory of a piece is gone once the next one is asked for. Throws a `CutOffProblem` where the body is cut off or cannot be decoded.
 *
 * Whoever ends early leaves the rest to be read off and thrown away: the client would not hear an answer while it sends. Not by
 * Readable's own iterator, which destroys the connection then.
 */
export function bodyPieces(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Buffer> {
  return readPieces(request, response, new BodyHold(request));
}

async function* readPieces(request: IncomingMessage, response: ServerResponse, hold: BodyHold): AsyncGenerator<Buffer> {
  const content = decoded(request);
  const come: Buffer[] = [];
  let end: { error?: unknown } | undefined;
  let wake = (): void => undefined;
  const take = (piece: Buffer): void => {
    content.pause();
    come.push(piece);
    wake();
  };
  content.on('data', take);
  const stop = (error?: unknown): void => {
    end ??= error ? { error } : {};
    wake();
  };
  const unwatch = finished(content, { writable: false }, stop);
  // Of a request that was answered Node tells no more, not even that it was cut off.
  const answered = (): void => stop(new Error('answered before the body had come'));
  if (response.closed) answered();
  response.once('close', answered);
  let bytes = 0;
  try {
    for (;;) {
      const piece = come.shift();
      if (piece !== undefined) {
        bytes += piece.length;
        if (bytes > maxDecodedBytes)
          throw new Problem('too-large', `A body may have at most ${maxDecodedBytes} bytes.`);
        yield piece;
        if (content === request) freeMemory(piece);
      } else if (end !== undefined) {
        if (end.error !== undefined) throw new CutOffProblem(end.error);
        return;
      } else {
        content.resume();
        hold.goOn();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        hold.hold();
      }
    }
  } finally {
    unwatch();
    hold.goOn();
    response.off('close', answered);
    content.off('data', take);
    if (content !== request) {
      request.unpipe();
      content.on('error', () => undefined).destroy();
    }
    request.resume();
  }
}
