import type { Kind } from '@session-queue/core';
import { z } from 'zod';
import { jobDataSchema } from './parse-plain-job.ts';

const about = {
  deletion: {
    title: 'A job `delete` in the queue `deletion.requests`',
    examples: [{ sessionIds: ['88336e4c-04de-4274-ae31-39957b230f98'], reason: 'retention', priority: 'low' }],
  },
  resubmission: {
    title: 'A job `resubmit` in the queue `resubmission.requests`',
    examples: [{ submissions: ['eyJzZXNzaW9uX2lkIjoiODgzMzZlNGMifQ=='], consumer: 'default', reason: 'ticket 4711' }],
  },
} as const satisfies Record<Kind, object>;

const description =
  'The data of a job that any BullMQ client adds; as JSON at most 8 MB. A worker checks it, and takes its items out, when it takes the job in.';

/** The data of a plain job as JSON Schema 2020-12, for those who add jobs in other languages. */
export function jobSchema(kind: Kind): object {
  const { $schema, ...schema } = z.toJSONSchema(jobDataSchema[kind], {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return { $schema, title: about[kind].title, description, ...schema, examples: about[kind].examples };
}
