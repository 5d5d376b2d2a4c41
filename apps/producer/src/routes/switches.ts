import { kindSchema, reasonSchema, type SessionQueue } from '@session-queue/core';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { callerNameOf } from '../auth/caller.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { logSwitch } from '../requests/log-change.ts';
import { within } from '../server/deadline.ts';

export interface SwitchContext {
  queue: SessionQueue;
  silenceMs: number;
  log: Logger;
}

/** The body of `POST /v1/stop`. */
export const stopBodySchema = z.strictObject({ kind: kindSchema, reason: reasonSchema });
/** The body of `POST /v1/start`. The reason is for the journal of evidence; that of the stop goes with it. */
export const startBodySchema = z.strictObject({ kind: kindSchema, reason: reasonSchema.optional() });

/** `POST /v1/stop`: no claim and no send of the kind begins any more, whatever the consumer. */
export function stopKind({ queue, silenceMs, log }: SwitchContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const { kind, reason } = parseOrThrow(stopBodySchema, request.body);
    const done = queue
      .stopKind(kind, reason, { by: callerNameOf(request) })
      .then(() => logSwitch(log, request, 'stop', kind));
    await within(silenceMs, done);
    response.json({ kind, stopped: true, reason });
  };
}

/** `POST /v1/start`: undoes the stop. */
export function startKind({ queue, silenceMs, log }: SwitchContext): RequestHandler {
  return async (request, response) => {
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const { kind, reason } = parseOrThrow(startBodySchema, request.body);
    const why = { reason, by: callerNameOf(request) };
    const done = queue.startKind(kind, why).then(() => logSwitch(log, request, 'start', kind));
    await within(silenceMs, done);
    response.json({ kind, stopped: false });
  };
}
