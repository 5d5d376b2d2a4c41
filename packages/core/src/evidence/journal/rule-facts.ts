import { z } from 'zod';
import { reasonSchema } from '../../requests/request.ts';
import { countSchema, publicIdSchema } from '../schemas.ts';

const words = publicIdSchema.optional();
const spanSchema = z.strictObject({ olderThan: words, newerThan: words }).optional();

/**
 * What the journal says of a retention rule. Of the sessions, learners and activities that a filter names it says how many: ids are guessed, and a digest
 * of them stands for each guess.
 */
export const ruleFactsShape = {
  mode: z.enum(['report', 'approve', 'delete']),
  /** Of the mode delete: a run that finds more deletes nothing. */
  cap: countSchema.optional(),
  enabled: z.boolean(),
  schedule: z.strictObject({ cron: words, timeZone: words, every: words }),
  filter: z.strictObject({
    sessions: countSchema.optional(),
    users: countSchema.optional(),
    activities: countSchema.optional(),
    statuses: z.array(publicIdSchema).max(100).optional(),
    updated: spanSchema,
    started: spanSchema,
    completed: spanSchema,
  }),
  reason: reasonSchema,
};

export const ruleFactsSchema = z.strictObject(ruleFactsShape);
export type RuleFacts = z.infer<typeof ruleFactsSchema>;
