import { selectionStates } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';
import { asked, linkNext, listQueryFields } from '../requests/list-query.ts';
import { within } from '../server/deadline.ts';
import type { SelectionsContext } from './selections.ts';

/** The query of `GET /v1/selections`. */
export const selectionListQuerySchema = z.strictObject({
  state: z.enum(selectionStates, `must be one of ${selectionStates.join(', ')}`).optional(),
  ...listQueryFields,
});

/** `GET /v1/selections`: a page of selections, the newest first. */
export function listSelections({ queue, silenceMs }: SelectionsContext): RequestHandler {
  return async (request, response) => {
    const { filter, page } = asked(request, parseOrThrow(selectionListQuerySchema, request.query, 'query'));
    const found = await within(silenceMs, queue.listSelections(filter, page));
    linkNext(request, response, found.next);
    response.json(found);
  };
}
