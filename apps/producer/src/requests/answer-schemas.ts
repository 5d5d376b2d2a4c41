import { acceptedSchema } from '@session-queue/core/client';
import { z } from 'zod';

/** What clients read as well: one definition for both. */
export {
  acceptedSchema,
  consumersSchema,
  itemsPageSchema,
  problemSchema,
  requestSchema,
  requestsPageSchema,
  sessionSchema,
  switchSchema,
} from '@session-queue/core/client';

/** The answer of a 202 to a stream: it names the first of the lines, or files, that were left out. */
export const streamAcceptedSchema = acceptedSchema.extend({
  skippedLines: z.array(z.object({ line: z.int().min(1), reason: z.string() })).exactOptional(),
});

/** The answer of `/readyz`. */
export const readinessSchema = z.object({
  status: z.enum(['ready', 'not ready']),
  problems: z.array(z.object({ code: z.string(), message: z.string() })).exactOptional(),
});
