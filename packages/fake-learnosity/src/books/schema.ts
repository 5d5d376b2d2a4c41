import { z } from 'zod';
import { jobStates } from '../jobs/job.ts';
import { endpointNames } from '../settings/endpoints.ts';

const count = z.int().min(0);
/** Calls by the code that they were refused with, or `http-<status>` where the answer had none. */
const byReason = z.record(z.string(), count);

/**
 * One consumer's calls to one endpoint:
 * received = accepted + refused429 + the sum of `refused` + lost (+ those still on their way).
 */
const callBookSchema = z.object({
  received: count,
  /** Calls that took a place in the quota: all that passed the security checks and were not answered 429. */
  counted: count,
  /** Calls that had their effect, even where the answer was spoilt by a script. */
  accepted: count,
  /** Items (or references asked for) in accepted calls. */
  items: count,
  refused429: count,
  refused: byReason,
  /** Calls without an effect and without a usable answer: cut, hanging, unreadable. */
  lost: count,
  /** Of the accepted: the answer was spoilt by a script. */
  spoilt: count,
  /** The caller went away before it had the answer. */
  abandoned: count,
  /** Calls whose `X-Learnosity-*` headers contradict the call itself. */
  misrouted: count,
  quota: count.nullable(),
  windowMs: z.number(),
  /** The most calls in any window of `windowMs`: all, those that counted, and those answered 429. */
  mostInWindow: z.object({ received: count, counted: count, refused429: count }),
  /** Arrival of a call's headers, epoch ms. */
  firstArrival: z.number().nullable(),
  lastArrival: z.number().nullable(),
});
export type CallBook = z.output<typeof callBookSchema>;

/** The totals. What a lean stand-in does not keep is null. */
export const booksSchema = z.object({
  seed: z.string(),
  lean: z.boolean(),
  /** By consumer key. */
  consumers: z.record(z.string(), z.record(z.enum(endpointNames), callBookSchema)),
  /** Calls that belong to no known consumer and endpoint: wrong method, path, form or key. */
  strays: z.object({
    received: count,
    refused: byReason,
    /** The caller went away before its body was read. */
    broken: count,
  }),
  /**
   * Sessions in accepted delete calls; `repeated`: in more than one call; `absent`: did not exist any more; `deleted`: removals by
   * completed jobs. By now `lingering` of the removed are shown by `/sessions/metadata` all the same, and `reappeared` are back.
   */
  sessions: z.object({
    named: count,
    distinct: count.nullable(),
    repeated: count.nullable(),
    absent: count,
    deleted: count,
    lingering: count,
    reappeared: count,
  }),
  /** Submissions in accepted set calls; `stored`: in completed jobs. */
  submissions: z.object({ held: count, distinct: count.nullable(), repeated: count.nullable(), stored: count }),
  jobs: z.object({ created: count, open: count, completed: count, halted: count }),
});
export type Books = z.output<typeof booksSchema>;

const sessionBookSchema = z.object({
  calls: count,
  /** Its last removal. */
  deletedAt: z.number().nullable(),
  /** Where a script had its removal linger, or brings it back. */
  shownUntil: z.number().optional(),
  reappearsAt: z.number().optional(),
});
const submissionBookSchema = z.object({ calls: count, ignoringRevisions: count, stored: count });
const jobBookSchema = z.object({
  reference: z.string(),
  consumer: z.string(),
  kind: z.enum(['deletion', 'resubmission']),
  items: count,
  state: z.enum(jobStates),
  createdAt: z.number(),
  /** Null until its end. */
  finishedAt: z.number().nullable(),
});
export type JobBook = z.output<typeof jobBookSchema>;

/** The totals, and every session, submission and job. */
export const fullBooksSchema = booksSchema.extend({
  /** By session id. */
  perSession: z.record(z.string(), sessionBookSchema),
  /** By the SHA-256, in hex, of the base64 text. */
  perSubmission: z.record(z.string(), submissionBookSchema),
  perJob: z.array(jobBookSchema),
});
export type FullBooks = z.output<typeof fullBooksSchema>;
