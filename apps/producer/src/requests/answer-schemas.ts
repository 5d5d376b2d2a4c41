import { acceptedSchema, requestSchema } from '@session-queue/core/client';
import { z } from 'zod';

/** What clients read as well: one definition for both. */
export {
  consumersSchema,
  itemsPageSchema,
  legalHoldSchema,
  legalHoldsSchema,
  problemSchema,
  requestSchema,
  requestsPageSchema,
  rulePreviewSchema,
  ruleRemovedSchema,
  ruleRunSchema,
  ruleRunsSchema,
  ruleSchema,
  rulesSchema,
  selectionSchema,
  selectionsPageSchema,
  sessionSchema,
  switchSchema,
} from '@session-queue/core/client';

/** The answer of a 202 to a stream: it names the first of the lines, or files, that were left out. */
export const streamAcceptedSchema = acceptedSchema.extend({
  skippedLines: z
    .array(z.object({ line: z.int().min(1), reason: z.string() }))
    .exactOptional()
    .meta({ description: 'The first 20 of the lines, or files, that were left out' }),
});

/** The data of an `end` event of `GET /v1/requests/{id}/events`. */
export const progressEndSchema = z.object({
  why: z
    .enum(['finished', 'parked', 'aged-out'])
    .meta({ description: 'Finished; only parked items are left, which a person decides about; or its record is gone' }),
  request: requestSchema.exactOptional().meta({ description: 'As it is then; not of one whose record is gone' }),
});

/** What a `callbackUrl` is told. */
export const callbackEventSchema = z.object({
  type: z.enum(['request.completed', 'request.failed', 'request.cancelled']),
  timestamp: z.string().meta({ format: 'date-time', description: 'When the request ended' }),
  data: requestSchema.meta({ description: 'The request, but for what becomes of this very callback' }),
});

/** The answer of `/healthz`. */
export const healthSchema = z.object({ status: z.literal('ok') });

/** The answer of `/readyz`. */
export const readinessSchema = z.object({
  status: z.enum(['ready', 'not ready']),
  version: z.string().meta({ description: 'Of the producer' }),
  problems: z.array(z.object({ code: z.string(), message: z.string() })).exactOptional(),
  warnings: z
    .array(z.object({ level: z.enum(['bad', 'warn']), code: z.string(), message: z.string() }))
    .exactOptional()
    .meta({ description: 'What keeps work from going on though requests are accepted' }),
  unchecked: z.array(z.string()).exactOptional().meta({ description: 'What Redis may not be asked for' }),
});
