import { z } from 'zod';

/** Learnosity's frame around every answer. HTTP 200 with `status` false is a failure. */
const envelopeSchema = z.object({
  meta: z.object({
    status: z.boolean(),
    code: z
      .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
      .optional()
      .catch(undefined),
    message: z.string().optional().catch(undefined),
    next: z.string().optional().catch(undefined),
  }),
  data: z.unknown().optional(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** The envelope, or what is wrong with it: in words of our own, since a parser's repeat the body. */
export function parseEnvelope(
  body: Buffer,
): { envelope: Envelope; fault?: undefined } | { envelope?: undefined; fault: Error } {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { fault: new Error(`not JSON (${body.length} bytes)`) };
  }
  const { data, error } = envelopeSchema.safeParse(json);
  return data === undefined ? { fault: new Error(`not an envelope: ${z.prettifyError(error)}`) } : { envelope: data };
}

const startedJob = z.object({ job_reference: z.string().min(1).max(255) });

/**
 * The job that a call to `/sessions` started. The pages show an array for deletions and an object for submissions; both
 * shapes are taken for both. More than one reference would leave a part of the batch without a follower: unreadable.
 */
export const startedJobSchema = z
  .union([startedJob, z.tuple([startedJob]).transform(([job]) => job)])
  .transform((job) => job.job_reference);

/** Where a job is. `unknown` is a status that no page names: not done. */
const jobStatuses = ['queued', 'running', 'halted', 'completed', 'unknown'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** The statuses to ask for: without them Learnosity shows completed jobs only. */
export const askedStatuses = ['queued', 'running', 'halted', 'completed'] as const satisfies readonly JobStatus[];

/** A job as it was found; times as Learnosity writes them. */
export interface Job {
  reference: string;
  /** What it was made for; which call makes which type is not documented. */
  type: string | undefined;
  status: JobStatus;
  createdAt: string | undefined;
  completedAt: string | undefined;
}

const optionalText = z.string().optional().catch(undefined);

const jobSchema = z
  .object({
    reference: z.string(),
    type: optionalText,
    status: z.enum(jobStatuses).catch('unknown'),
    dt_created: optionalText,
    dt_completed: optionalText,
  })
  .transform((job): Job => {
    const { reference, type, status, dt_created: createdAt, dt_completed: completedAt } = job;
    return { reference, type, status, createdAt, completedAt };
  });

/** What `get /sessions/metadata` tells of a session: neither its activity nor its status nor any time. */
export interface SessionMetadata {
  sessionId: string;
  userId: string | undefined;
  metadata: unknown;
}

const sessionMetadataSchema = z
  .object({ session_id: z.string().min(1), user_id: optionalText, metadata: z.unknown().optional() })
  .transform((session): SessionMetadata => {
    return { sessionId: session.session_id, userId: session.user_id, metadata: session.metadata };
  });

/** The jobs of an answer by reference. An entry that cannot be read is left out: missing is never done. */
export function readJobs(data: unknown): Map<string, Job> {
  const jobs = new Map<string, Job>();
  for (const entry of z.array(z.unknown()).parse(data)) {
    const job = jobSchema.safeParse(entry).data;
    if (job !== undefined) jobs.set(job.reference, job);
  }
  return jobs;
}

/** A page of jobs; unlike one that was asked for, none may go unseen. */
export function readJobsPage(data: unknown): Job[] {
  return z.array(jobSchema).parse(data);
}

/** A page of metadata; unlike a job, a session that cannot be read must not go unseen. */
export function readSessionMetadata(data: unknown): SessionMetadata[] {
  return z.array(sessionMetadataSchema).parse(data);
}
