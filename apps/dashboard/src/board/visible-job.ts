import { z } from 'zod';

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

/** What Bull Board shows of a job. Its formatters have been over `data`, `progress`, `name` and `returnValue` already. */
const shown = [
  'id',
  'name',
  'timestamp',
  'processedOn',
  'processedBy',
  'finishedOn',
  'progress',
  'attempts',
  'attemptsStarted',
  'stalledCounter',
  'failedReason',
  'stacktrace',
  'delay',
  'priority',
  'data',
  'returnValue',
  'isFailed',
  'externalUrl',
] as const;

const job = z.looseObject({}).transform((whole) => ({
  ...Object.fromEntries(shown.map((field) => [field, whole[field]])),
  opts: options.parse(whole.opts),
}));

/**
 * What Bull Board answers, without what its formatters do not reach: options, schedulers' templates and the jobs of a
 * flow come from outside as well. A body of another shape throws, and nothing of it is sent.
 */
export function visibleBody(route: string, body: unknown): unknown {
  const visible = bodies[route];
  if (visible === undefined) return body;
  const read = visible.safeParse(body);
  // Zod's own message could repeat what it did not expect.
  if (!read.success) throw new Error('Bull Board answered in a shape that is not known here');
  return read.data;
}

const bodies: Readonly<Record<string, z.ZodType>> = {
  '/api/queues': z.looseObject({ queues: z.array(z.looseObject({ jobs: z.array(job) })) }),
  '/api/queues/:queueName/:jobId': z.looseObject({ job }),
  '/api/queues/:queueName/:jobId/flow': z
    .looseObject({ nodeId: z.string() })
    .transform(({ nodeId }) => ({ nodeId, isFlowNode: false, flowRoot: null })),
  '/api/job-schedulers': z.looseObject({
    schedulers: z.array(
      z.looseObject({}).transform(({ template: _template, ...rest }) => ({ ...rest, name: 'not shown' })),
    ),
  }),
};
