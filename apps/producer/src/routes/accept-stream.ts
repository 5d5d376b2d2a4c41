import type { Kind } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { callerOf } from '../auth/caller.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import { Problem } from '../problems/problem.ts';
import { presentRequest } from '../requests/present.ts';
import { allowBodyTime } from '../server/body-pace.ts';
import { storeStream } from '../streams/store-stream.ts';
import { digestStream, readStreamAsk } from '../streams/stream-ask.ts';
import { streamFormatOf } from '../streams/stream-format.ts';
import type { StreamRoom } from '../streams/stream-room.ts';
import { type AcceptContext, answerAccepted, noteAccepted, permitted } from './accept.ts';

/** A stream has this long, in ms, as long as it moves. */
const streamTimeMs = 6 * 3_600_000;

/**
 * `POST /v1/deletions` and `POST /v1/resubmissions` with a body in lines or files, stored while it comes: answers 202 once all of it
 * is durable. Leaves any other body to the next handler.
 */
export function acceptStreams(kind: Kind, context: AcceptContext & { room: StreamRoom }): RequestHandler {
  const { queue, room } = context;
  return async (request, response, next) => {
    const format = streamFormatOf(kind, request.get('content-type'));
    if (format === undefined) return next();
    const name = idempotencyNameOf(request);
    const giveBack = await room.enter(kind);
    if (response.closed) giveBack();
    response.once('close', () => giveBack());
    allowBodyTime(request, streamTimeMs);
    const ask = permitted(request, context, await readStreamAsk(kind, format, { request, response }));
    const grow = async (): Promise<() => void> => await room.grow(callerOf(request));
    if (ask.resumable && name === undefined) throw noKey();
    await answerAccepted(response, context, {
      name,
      digest: () => digestStream(ask),
      comparesItems: true,
      resumable: ask.resumable,
      store: async (id, watch, isComparison) => {
        const stored = await storeStream(queue, ask, id, { grow, watch });
        if (!isComparison) noteAccepted(context, request, stored);
        const accepted = presentRequest(stored);
        const { count, named } = ask.bad;
        return JSON.stringify(count === 0 ? accepted : { ...accepted, skippedLines: named });
      },
    });
  };
}

function noKey(): Problem {
  const reason = 'is needed to go on with an upload';
  return new Problem('invalid-request', `An Idempotency-Key ${reason}.`, {
    errors: [{ field: 'Idempotency-Key', reason }],
  });
}
