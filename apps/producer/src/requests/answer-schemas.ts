import { z } from 'zod';

/** What clients read as well: one definition for both. */
export {
  acceptedSchema,
  itemsPageSchema,
  problemSchema,
  requestSchema,
  sessionSchema,
  switchSchema,
} from '@session-queue/core/client';

/** The answer of `/readyz`. */
export const readinessSchema = z.object({
  status: z.enum(['ready', 'not ready']),
  problems: z.array(z.object({ code: z.string(), message: z.string() })).exactOptional(),
});
