import { reasonSchema } from '@session-queue/core';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { callerNameOf } from '../auth/caller.ts';
import { parseOrThrow } from '../problems/field-faults.ts';
import { Problem } from '../problems/problem.ts';
import { type RequestsContext, sendChanged } from './requests.ts';

/** The body of `POST /v1/requests/{id}/approve`: who approves never stands in it. */
export const approveBodySchema = z.strictObject({ reason: reasonSchema.optional() });

/** The body of `POST /v1/requests/{id}/revoke`. */
export const revokeBodySchema = z.strictObject({ reason: reasonSchema });

/** `POST /v1/requests/{id}/approve` */
export function approveRequest(context: RequestsContext): RequestHandler {
  return async (request, response) => {
    const { reason } = parseOrThrow(approveBodySchema, request.body ?? {});
    const approval = { reason, by: authenticated(request) };
    await sendChanged(context, request, response, 'approve', (id) => context.queue.approve(id, approval));
  };
}

/** `POST /v1/requests/{id}/revoke` */
export function revokeRequest(context: RequestsContext): RequestHandler {
  return async (request, response) => {
    const { reason } = parseOrThrow(revokeBodySchema, request.body);
    const why = { reason, by: callerNameOf(request) };
    await sendChanged(context, request, response, 'revoke', (id) => context.queue.revoke(id, why));
  };
}

/** A producer that asks for no token cannot say who approves, nor that it is not who asked. */
function authenticated(request: Request): string {
  const name = callerNameOf(request);
  if (name === undefined) {
    throw new Problem(
      'missing-scope',
      'An approval needs a token that names who approves, and this producer asks for none: set PRODUCER_API_KEYS_FILE or PRODUCER_OIDC_ISSUER.',
    );
  }
  return name;
}
