import { z } from 'zod';
import { selectionSchema } from '../client/answers.ts';
import { type RulePreview, type RuleRun, type RuleView, ruleModes, runStates } from './rule.ts';

const time = z.string().meta({ format: 'date-time' });
const ids = z.array(z.string()).optional();
const span = z.object({ olderThan: z.string().optional(), newerThan: z.string().optional() }).optional();

/** A run as `GET /v1/rules/{name}/runs` shows it, and as its record has it. */
export const ruleRunSchema = z.object({
  moment: time.meta({ description: 'What its filter is relative to: when it was due, or was asked for' }),
  mode: z.enum(ruleModes).meta({ description: 'That of the rule as the run began' }),
  state: z.enum(runStates).meta({
    description:
      'selecting until its selection is ready; skipped: the rule, or the run before, stood in its way; failed: the next run tries again',
  }),
  by: z.string().optional().meta({ description: 'Who had it run, where it was not its schedule' }),
  startedAt: time,
  finishedAt: time.optional(),
  selection: z.string().optional().meta({ description: 'The selection that it made' }),
  count: z.int().min(0).optional().meta({ description: 'How many sessions that found' }),
  request: z.string().optional().meta({ description: 'The deletion that it asked for' }),
  error: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .meta({ description: 'Why it failed, was skipped, or only reported' }),
}) satisfies z.ZodType<RuleRun>;

/** A rule as `GET /v1/rules/{name}` shows it. Not strict: a producer may know more of rules than its clients. */
export const ruleSchema = z.object({
  name: z.string(),
  consumer: z.string(),
  filter: z.object({
    sessionIds: ids,
    userIds: ids,
    activityIds: ids,
    statuses: selectionSchema.shape.filter.shape.statuses,
    updated: span,
    started: span,
    completed: span,
  }),
  schedule: z.object({ cron: z.string().optional(), timeZone: z.string().optional(), every: z.string().optional() }),
  mode: z.enum(ruleModes),
  cap: z.int().min(1).optional(),
  reason: z.string(),
  enabled: z.boolean(),
  createdAt: time,
  updatedAt: time,
  updatedBy: z.string().exactOptional(),
  next: time.exactOptional().meta({ description: 'When it is due; absent while it is disabled' }),
  lastRun: ruleRunSchema.exactOptional(),
}) satisfies z.ZodType<RuleView>;

export const rulesSchema = z.object({ rules: z.array(ruleSchema) });
export const ruleRunsSchema = z.object({
  runs: z.array(ruleRunSchema).meta({ description: 'The last 50, the newest first' }),
});
export const ruleRemovedSchema = z.object({ removed: z.literal(true) });
export const rulePreviewSchema = z.object({
  rule: ruleSchema,
  selection: selectionSchema.meta({ description: 'What it selects now: nothing is deleted' }),
  next: z.array(time).meta({ description: 'The next five moments of its schedule' }),
}) satisfies z.ZodType<RulePreview>;
