import { Refusal, type Selections, type SessionQueue } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { callerOf } from '../auth/caller.ts';
import { idempotencyNameOf } from '../idempotency/idempotency-key.ts';
import { parseOrThrow } from '../problems/field-faults.ts';
import { problemOf } from '../problems/problem-of.ts';
import { aboutSelection } from '../problems/unknown-things.ts';
import { jsonQuerySchemas } from '../requests/json-query.ts';
import { presentRequest } from '../requests/present.ts';
import { chosenConsumer } from '../selections/chosen-consumer.ts';
import { digestSelectionAsk, isAboutSelection, parseSelectionAsk } from '../selections/selection-ask.ts';
import { largeItems, type StreamRoom } from '../streams/stream-room.ts';
import { type AcceptContext, answerAccepted, noteAccepted, permitted } from './accept.ts';

type Context = AcceptContext & { queue: SessionQueue & Selections; room: StreamRoom };

/**
 * `POST /v1/deletions` with a selection in place of ids: answers 202 once what it found is stored as a request. Leaves any other body
 * to the next handler.
 */
export function deleteSelection(context: Context): RequestHandler {
  const { queue, room } = context;
  return async (request, response, next) => {
    if (!isAboutSelection(request.body)) return next();
    const name = idempotencyNameOf(request);
    parseOrThrow(jsonQuerySchemas.deletion, request.query, 'query');
    const { notes, ...chosen } = parseSelectionAsk(request.body);
    const caller = callerOf(request);
    const consumer = await chosenConsumer(context, caller, { selection: chosen.selection, name });
    const ask = permitted(request, context, { ...chosen, notes: { consumer, ...notes } });
    await answerAccepted(response, context, {
      name,
      digest: () => digestSelectionAsk(ask),
      store: async (id, watch) => {
        const giveBack = ask.expectCount > largeItems ? await watch.elsewhere(room.grow(caller)) : undefined;
        const input = {
          ...ask.notes,
          ...chosen,
          keyName: ask.keyName,
          id,
          signal: watch.signal,
          onStored: () => watch.moving(),
        };
        try {
          const view = await aboutSelection(queue.deleteSelection(input)).catch(keptNothing);
          noteAccepted(context, request, view);
          return JSON.stringify(presentRequest(view));
        } finally {
          giveBack?.();
        }
      },
    });
  };
}

/** A conflict is that of the selection, and comes before anything is sealed: as a problem it leaves the key free. */
function keptNothing(error: unknown): never {
  throw error instanceof Refusal && error.code === 'conflict' ? problemOf(error) : error;
}
