import { z } from 'zod';
import { consumerNameSchema, defaultConsumer, maxItemsPerRequest, reasonSchema } from '../requests/request.ts';
import type { SelectionView } from '../selections/selection.ts';
import { relativeFilterSchema } from './relative-filter.ts';
import { scheduleSchema } from './schedule.ts';

/**
 * What a rule does with what it has selected: `report` its number, `approve`: ask for a deletion that waits for a second person, or
 * `delete` at once, up to its cap.
 */
export const ruleModes = ['report', 'approve', 'delete'] as const;
export type RuleMode = (typeof ruleModes)[number];

/** Most rules, and the runs that are remembered of each. */
export const mostRules = 200;
export const mostRuns = 50;

/** Stands in addresses, in ids of selections and requests, and names a job scheduler of BullMQ. */
export const ruleNameSchema = z
  .string('must be a string')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit',
  );

/** A rule as it is set. */
export const ruleInputSchema = z
  .strictObject({
    consumer: consumerNameSchema.optional().meta({ description: `Whose sessions; '${defaultConsumer}' when absent` }),
    filter: relativeFilterSchema,
    schedule: scheduleSchema,
    mode: z.enum(ruleModes, `must be one of ${ruleModes.join(', ')}`),
    cap: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(maxItemsPerRequest, `must be at most ${maxItemsPerRequest.toLocaleString('en')}`)
      .optional()
      .meta({ description: 'Of the mode delete: a run that finds more deletes nothing, and reports' }),
    reason: reasonSchema.meta({ description: 'Why: that of every deletion it asks for' }),
    enabled: z.boolean('must be true or false').optional().meta({ description: 'Whether it runs; true when absent' }),
  })
  .refine(({ mode, cap }) => mode !== 'delete' || cap !== undefined, {
    error: 'is required of a rule that deletes by itself: the most that one run may delete',
    path: ['cap'],
  })
  .refine(({ mode, cap }) => mode === 'delete' || cap === undefined, {
    error: 'is for the mode delete only: the others delete nothing by themselves',
    path: ['cap'],
  });
export type RuleInput = z.infer<typeof ruleInputSchema>;

/** A rule as its record has it. */
export type Rule = RuleInput & { consumer: string; enabled: boolean };

/**
 * What a run has come to: `selecting` until its selection is ready; then `nothing` was found, it was `reported`, or a deletion was asked
 * for (`approval_requested`, `deletion_requested`). `skipped`: the rule, or the run before, stood in its way. `failed`: the next run tries again.
 */
export const runStates = [
  'selecting',
  'nothing',
  'reported',
  'approval_requested',
  'deletion_requested',
  'skipped',
  'failed',
] as const;
export type RunState = (typeof runStates)[number];

/** A run of a rule. Times are ISO 8601, UTC. */
export interface RuleRun {
  /** What its filter is relative to: when it was due, or was asked for. */
  moment: string;
  /** The rule's mode as it began. */
  mode: RuleMode;
  state: RunState;
  /** Who had it run, where it was not its schedule. */
  by?: string | undefined;
  startedAt: string;
  finishedAt?: string | undefined;
  /** The selection that it made, and how many sessions that found. */
  selection?: string | undefined;
  count?: number | undefined;
  /** The deletion that it asked for. */
  request?: string | undefined;
  /** Why it failed, was skipped, or only reported. Never holds an id of a session. */
  error?: { code: string; message: string } | undefined;
}

/** A rule as services and people see it. Times are ISO 8601, UTC. */
export interface RuleView extends Rule {
  name: string;
  createdAt: string;
  updatedAt: string;
  updatedBy?: string;
  /** When it is due; absent while it is disabled. In the past: it runs as soon as a worker can. */
  next?: string;
  lastRun?: RuleRun;
}

/** What a rule would do, and when. */
export interface RulePreview {
  rule: RuleView;
  /** What it selects now: a preview, and nothing is deleted. */
  selection: SelectionView;
  /** The next five moments of its schedule, enabled or not. */
  next: string[];
}

/** The id of the selection and of the deletion of a run: the same run twice finds the same ones. */
export function runId(name: string, moment: number): string {
  return `rule.${name}.${moment}`;
}

/** Who asks for what a rule selects and deletes. */
export function askerOf(name: string): string {
  return `rule ${name}`;
}

/** A rule as it was shown, to be set again with a change. */
export function changedRule(shown: RuleView, change: Partial<RuleInput>): RuleInput {
  const { consumer, filter, schedule, mode, cap, reason, enabled } = shown;
  return { consumer, filter, schedule, mode, ...(cap !== undefined && { cap }), reason, enabled, ...change };
}
