import { type Kind, type RequestNotes, requestNotesSchema } from '@session-queue/core';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';

/** What comes in the query of a stream, or in the fields of a form, since the body holds the items. */
const deletionSchema = requestNotesSchema.extend({
  /** Whether a line that is no item refuses the upload, or is left out and counted. */
  onInvalid: z.enum(['refuse', 'skip'], 'must be refuse or skip').default('refuse'),
});

const resubmissionSchema = deletionSchema.extend({
  ignoreResponseRevisions: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
});

export const streamNotesSchemas = { deletion: deletionSchema, resubmission: resubmissionSchema } as const;

export interface StreamNotes {
  notes: RequestNotes;
  onInvalid: 'refuse' | 'skip';
  ignoreResponseRevisions?: boolean | undefined;
}

/** Checks them; a 400 names every fault. */
export function parseStreamNotes(kind: Kind, given: unknown): StreamNotes {
  if (kind === 'deletion') {
    const { onInvalid, ...notes } = parseOrThrow(deletionSchema, given, 'query');
    return { notes, onInvalid };
  }
  const { onInvalid, ignoreResponseRevisions, ...notes } = parseOrThrow(resubmissionSchema, given, 'query');
  return { notes, onInvalid, ignoreResponseRevisions };
}
