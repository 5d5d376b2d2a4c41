import { type DeletionNotes, deletionNotesSchema, type Kind, requestNotesSchema } from '@session-queue/core';
import { z } from 'zod';
import { parseOrThrow } from '../problems/field-faults.ts';

/** What comes in the query of a stream, or in the fields of a form, since the body holds the items. */
const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

const howSchema = z.object({
  onInvalid: z
    .enum(['refuse', 'skip'], 'must be refuse or skip')
    .default('refuse')
    .meta({ description: 'Whether a line that is no item refuses the upload (400), or is left out and counted' }),
  resumable: flag.default(false).meta({
    description:
      'Whether what was stored stays when the upload is cut off, to be gone on with under the same Idempotency-Key',
  }),
});

function flagLike(name: 'requireApproval' | 'verify' | 'force') {
  return flag.optional().meta({ description: deletionNotesSchema.shape[name].description });
}

/** The notes of a stream, by its kind. */
export const streamNotesSchemas = {
  deletion: requestNotesSchema.extend({
    ...howSchema.shape,
    requireApproval: flagLike('requireApproval'),
    verify: flagLike('verify'),
    force: flagLike('force'),
  }),
  resubmission: requestNotesSchema.extend({ ...howSchema.shape, ignoreResponseRevisions: flag.optional() }),
} as const;

export interface StreamNotes {
  notes: DeletionNotes;
  onInvalid: 'refuse' | 'skip';
  resumable: boolean;
  ignoreResponseRevisions?: boolean | undefined;
}

/** Checks them; a 400 names every fault. */
export function parseStreamNotes(kind: Kind, given: unknown): StreamNotes {
  if (kind === 'deletion') {
    const { onInvalid, resumable, ...notes } = parseOrThrow(streamNotesSchemas.deletion, given, 'query');
    return { notes, onInvalid, resumable };
  }
  const { onInvalid, resumable, ignoreResponseRevisions, ...notes } = parseOrThrow(
    streamNotesSchemas.resubmission,
    given,
    'query',
  );
  return { notes, onInvalid, resumable, ignoreResponseRevisions };
}
