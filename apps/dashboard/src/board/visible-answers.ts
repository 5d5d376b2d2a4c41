import type { HookContext } from '@bull-board/api/typings/app';
import { z } from 'zod';
import type { BatchRecords } from './batch-records.ts';
import type { ShownQueue } from './shown-queues.ts';
import { type ShownJob, visibleJob } from './visible-job.ts';

const named = z.object({ name: z.string(), jobs: z.array(z.unknown()) }).loose();
const queueList = z.object({ queues: z.array(named) });
const oneJob = z.looseObject({ job: z.unknown() });

/** Days and months have names in a cron expression too; other words are nobody's to see. */
const cronExpression =
  /^(?=.{1,100}$)(?:[\d\s*,/?#LW-]|SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)+$/i;

/** Of a scheduler when it runs. Rules have one each, by their name; its id is public, since its jobs' ids are made of it. */
const scheduler = z
  .looseObject({ id: z.string(), queueName: z.string() })
  .transform(({ id, queueName, pattern, every, next }) => ({
    id,
    queueName,
    name: 'not shown',
    pattern: z.string().regex(cronExpression).optional().catch('not shown').parse(pattern),
    every: z.number().optional().catch(undefined).parse(every),
    next: z.number().optional().catch(undefined).parse(next),
  }));

/** A name of a worker is for whoever starts it to choose; none of ours has one. */
const worker = z.looseObject({}).transform(({ id, addr, age }) => ({ id, addr, age, name: null }));

/** Answers that need no other knowledge; those of routes that are not here hold numbers and settings of ours alone. */
const answers: Readonly<Record<string, z.ZodType>> = {
  '/api/queues/:queueName/:jobId/flow': z
    .looseObject({ nodeId: z.string() })
    .transform(({ nodeId }) => ({ nodeId, isFlowNode: false, flowRoot: null })),
  '/api/queues/:queueName/:jobId/logs': z
    .array(z.unknown())
    .transform(({ length }) => (length === 0 ? [] : [`${length} lines, not shown: Session Queue writes none`])),
  '/api/queues/:queueName/workers': z.object({ workers: z.array(worker).nullable() }),
  '/api/job-schedulers': z.object({ schedulers: z.array(scheduler) }),
};

/**
 * What Bull Board answers, without what its formatters do not reach: options, failures, logs, schedulers' templates
 * and the jobs of a flow come from outside as well (invariant 9). An answer of another shape throws, and nothing of it
 * is sent.
 */
export class VisibleAnswers {
  readonly #queues: ReadonlyMap<string, ShownQueue>;
  readonly #records: BatchRecords;

  constructor(queues: readonly ShownQueue[], records: BatchRecords) {
    this.#queues = new Map(queues.map((shown) => [shown.queue.name, shown]));
    this.#records = records;
  }

  async of({ route, request }: HookContext, body: unknown): Promise<unknown> {
    if (route === '/api/queues') {
      const { queues } = read(queueList, body);
      const seen = queues.map(async (queue) => ({ ...queue, jobs: await this.#jobs(queue.name, queue.jobs) }));
      return { queues: await Promise.all(seen) };
    }
    if (route === '/api/queues/:queueName/:jobId') {
      const whole = read(oneJob, body);
      const [job] = await this.#jobs(String(request.params.queueName), [whole.job]);
      return { ...whole, job };
    }
    const answer = answers[route];
    return answer === undefined ? body : read(answer, body);
  }

  async #jobs(name: string, jobs: readonly unknown[]): Promise<ShownJob[]> {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new Error('Bull Board answered of a queue that is not shown');
    const visible = jobs.map((job) => read(visibleJob(queue.holds), job));
    if (queue.kind === undefined || queue.holds !== 'batches') return visible;
    return await this.#records.name(queue.kind, visible);
  }
}

/** Zod's own message could repeat what it did not expect. */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new Error('Bull Board answered in a shape that is not known here');
  return parsed.data;
}
