import type { Kind } from '@session-queue/core';
import { z } from 'zod';
import { selectionDeletionBodySchema } from '../selections/selection-ask.ts';
import { deletionBodySchema, resubmissionBodySchema } from './ask.ts';

const ofStreams = z.undefined('is for streams, and this body is JSON').optional();

/** Refuses each field of the body by where it belongs, and anything else as not known. */
const queryFor = (body: z.ZodObject) => {
  const ofBody = z.undefined('stands in the body where that is JSON').optional();
  const fields = Object.fromEntries(Object.keys(body.shape).map((name) => [name, ofBody]));
  return z.strictObject({ ...fields, onInvalid: ofStreams, resumable: ofStreams });
};

/**
 * The query beside a JSON body, which is none: a JSON body has fields for what a stream has in its query; there it would be
 * passed over without a word.
 */
export const jsonQuerySchemas: Readonly<Record<Kind, z.ZodType>> = {
  deletion: queryFor(deletionBodySchema.extend(selectionDeletionBodySchema.shape)),
  resubmission: queryFor(resubmissionBodySchema),
};
