import { z } from 'zod';
import { visibleFailure } from './visible-failure.ts';
import type { Holds } from './visible-fields.ts';

const amount = z.number().finite();
const retention = z.union([z.boolean(), amount, z.object({ age: amount.optional(), count: amount.optional() })]);

/** Options come from whoever adds a job; nothing but these is shown. */
const options = z
  .object({
    attempts: amount.optional().catch(undefined),
    delay: amount.optional().catch(undefined),
    priority: amount.optional().catch(undefined),
    lifo: z.boolean().optional().catch(undefined),
    timestamp: amount.optional().catch(undefined),
    backoff: z
      .union([amount, z.object({ type: z.enum(['fixed', 'exponential']), delay: amount.optional() })])
      .optional()
      .catch(undefined),
    removeOnComplete: retention.optional().catch(undefined),
    removeOnFail: retention.optional().catch(undefined),
  })
  .catch({});

/**
 * What Bull Board shows of a job as it is. Its formatters have been over `data`, `progress`, `name` and `returnValue`.
 */
const shown = [
  'timestamp',
  'processedOn',
  'finishedOn',
  'progress',
  'attempts',
  'attemptsStarted',
  'stalledCounter',
  'delay',
  'priority',
  'data',
  'returnValue',
  'isFailed',
  'externalUrl',
] as const;

const refusedData = z.object({ refused: z.string() });

/** A job as Bull Board shows it. */
export type ShownJob = Record<string, unknown> & { id: unknown; name: string };

/**
 * An id is public, wherever it stands. Stacks, names of workers, parents and keys of deduplication are left out: none
 * of ours tells anything.
 */
export function visibleJob(holds: Holds) {
  return z.looseObject({ name: z.string() }).transform((whole): ShownJob => {
    const refused = refusedData.safeParse(whole.data).data?.refused;
    return {
      ...Object.fromEntries(shown.map((field) => [field, whole[field]])),
      id: whole.id,
      name: whole.name,
      opts: options.parse(whole.opts),
      failedReason: visibleFailure(holds, whole.failedReason, refused),
      stacktrace: [],
    };
  });
}
