import { z } from 'zod';
import { sessionFilterSchema } from '../learnosity/session-filter.ts';
import { heldThingSchema } from '../legal-holds/held-thing.ts';
import type { LegalHoldView } from '../legal-holds/legal-hold.ts';
import {
  type ItemsPage,
  kindSchema,
  priorities,
  type RequestsPage,
  type RequestView,
  requestStates,
} from '../requests/request.ts';
import { breakdownDimensions } from '../selections/breakdown.ts';
import type { BreakdownView } from '../selections/breakdown-view.ts';
import { type SelectionsPage, type SelectionView, selectionStates } from '../selections/selection.ts';
import { type SessionRequest, sessionOutcomes } from '../sessions/session-request.ts';
import { verificationStates } from '../verification/verification-view.ts';

const count = z.int().min(0);
const time = z.string().meta({ format: 'date-time' });

const countsSchema = z
  .object({
    total: count,
    duplicates: count.meta({ description: 'Given more than once, sent once; not in the total' }),
    pending: count,
    claimed: count,
    submitted: count,
    parked: count.meta({ description: 'Outcome unknown; a person decides' }),
    succeeded: count,
    absent: count.meta({ description: 'Already gone at Learnosity; among the succeeded' }),
    // A producer of a version before this count says nothing of it.
    alreadyDeleted: count
      .default(0)
      .meta({ description: 'Deleted before, so that nothing was sent (TOMBSTONE_KEY); among the succeeded' }),
    failed: count,
    cancelled: count,
    resent: count.meta({
      description: 'Sent again after a call whose outcome was unknown; in whatever count they are',
    }),
    verified: count
      .exactOptional()
      .meta({ description: 'Of a deletion: Learnosity shows them no more; among the succeeded' }),
    unverifiable: count
      .exactOptional()
      .meta({ description: 'Nobody saw them before, so that their absence proves nothing; among the succeeded' }),
    stillThere: count
      .exactOptional()
      .meta({ description: 'Learnosity shows them although they were deleted twice; among the succeeded' }),
  })
  .meta({ description: 'total = pending + claimed + submitted + parked + succeeded + failed + cancelled' });

const verificationSchema = z
  .object({
    state: z
      .enum(verificationStates)
      .meta({ description: 'waiting while some are still to be asked for; none: no session of it was seen before' }),
    waiting: count.meta({ description: 'Gone sessions that are still to be asked for' }),
    verified: count,
    unverifiable: count,
    stillThere: count,
    reappeared: count.meta({ description: 'Verified ones that a later sample found at Learnosity again' }),
    checkedAt: time.exactOptional().meta({ description: 'When Learnosity was last asked' }),
  })
  .meta({ description: 'Whether Learnosity shows no more of what was deleted; behind the end of the request' });

/** A request as `GET /v1/requests/{id}` shows it. */
export const requestSchema = z.object({
  id: z.string(),
  kind: kindSchema,
  consumer: z.string(),
  state: z.enum(requestStates),
  counts: countsSchema,
  skipped: count
    .exactOptional()
    .meta({ description: 'Lines of the upload that were no items and were left out (onInvalid=skip); in no count' }),
  priority: z.enum(priorities),
  createdAt: time,
  force: z.boolean().exactOptional().meta({ description: 'What was deleted before is deleted again' }),
  unreadable: count.exactOptional().meta({
    description:
      'Of a resubmission: items whose session could not be read, so that nobody knows whether it was deleted; in whatever count they are',
  }),
  notBefore: time.exactOptional().meta({ description: 'Nothing of it is sent before' }),
  deadline: time.exactOptional().meta({ description: 'By when all of it is to be done' }),
  atRisk: time
    .exactOptional()
    .meta({ description: 'Open, and not sure to be done by its deadline: since when that is known' }),
  missed: time.exactOptional().meta({ description: 'The deadline, where it was still open behind it' }),
  finishedAt: time.exactOptional(),
  reason: z.string().exactOptional(),
  requestedBy: z.string().exactOptional(),
  selection: z.string().exactOptional().meta({ description: 'The selection whose sessions it deletes: its id' }),
  keyName: z
    .string()
    .exactOptional()
    .meta({ description: 'Whose token asked, as the producer knows it; requestedBy is what was said' }),
  requireApproval: z
    .boolean()
    .exactOptional()
    .meta({ description: 'It waits for the approval of a second person, however few items it has' }),
  approvedBy: z.string().exactOptional().meta({ description: 'The second person, who approved of the deletion' }),
  approvedAt: time.exactOptional(),
  approvalReason: z.string().exactOptional(),
  startsAt: time.exactOptional().meta({ description: 'Starts then at the earliest, and can be revoked before' }),
  revoked: z
    .object({ at: time, reason: z.string(), by: z.string().exactOptional() })
    .exactOptional()
    .meta({ description: 'Ended before anything of it was sent' }),
  waiting: z.object({ code: z.string(), message: z.string() }).exactOptional().meta({
    description: 'Why it does not begin just now: users and activities under a legal hold are looked up before',
  }),
  callbackUrl: z.string().exactOptional(),
  callback: z
    .object({ state: z.enum(['pending', 'delivered', 'failed']), attempts: count, at: time })
    .exactOptional()
    .meta({ description: 'What became of the callback for its end; failed: nobody tries any more' }),
  retried: z
    .object({ at: time, reason: z.string(), by: z.string().exactOptional() })
    .exactOptional()
    .meta({ description: 'The last time that its failed items were put back in line' }),
  verification: verificationSchema.exactOptional(),
  error: z.string().exactOptional().meta({ description: 'Why the request was refused at intake' }),
  laneStopped: z
    .object({
      code: z.string(),
      message: z.string(),
      since: time,
      until: time.exactOptional().meta({ description: 'When it goes on by itself, where that is known' }),
    })
    .exactOptional()
    .meta({
      description:
        "A fault of the consumer (credentials, rights, version) that a person must mend, a person's word, or the day's cap of deletions",
    }),
  allStopped: z.string().exactOptional().meta({ description: 'All deletions are stopped: the reason given' }),
}) satisfies z.ZodType<RequestView>;

/** The answer of a 202: the request as it was when it was accepted. */
export const acceptedSchema = requestSchema.meta({ description: 'The request as it was when it was accepted' });

/** A page of `GET /v1/requests/{id}/items`. */
export const itemsPageSchema = z.object({
  items: z.array(z.object({ item: z.string(), code: z.string(), message: z.string() })),
  next: z.string().exactOptional().meta({ description: 'Given while there may be more' }),
}) satisfies z.ZodType<ItemsPage>;

/** A page of `GET /v1/requests`. */
export const requestsPageSchema = z.object({
  requests: z.array(requestSchema),
  next: z.string().exactOptional().meta({ description: 'Given while there may be more, also by a page without any' }),
}) satisfies z.ZodType<RequestsPage>;

const said = z.object({ code: z.string(), message: z.string() });

/** What a selection's breakdown has come to. */
const breakdownViewSchema = z.object({
  by: z.enum(breakdownDimensions),
  walked: count.meta({ description: 'Values that are walked to their end' }),
  pages: count.meta({ description: 'Pages read for them' }),
  values: z.array(
    z.object({
      value: z.string(),
      count: count.meta({ description: 'Sessions that the walk of this value showed, so far while it walks' }),
      inSelection: count
        .exactOptional()
        .meta({ description: 'Once ready: those of the selection; one that several walks showed is the last one’s' }),
      digest: z.string().exactOptional().meta({ description: 'Of those, as that of a selection' }),
      error: said.exactOptional().meta({ description: 'Why the walk of this value has failed' }),
    }),
  ),
  other: count.exactOptional().meta({
    description: 'Once ready, and where no value failed: sessions of the selection that none of the walks showed',
  }),
}) satisfies z.ZodType<BreakdownView>;

/** A selection as `GET /v1/selections/{id}` shows it. */
export const selectionSchema = z.object({
  id: z.string(),
  consumer: z.string(),
  state: z
    .enum(selectionStates)
    .meta({ description: 'walking until all pages are read; then ready, or failed, or cancelled' }),
  // Not strict: a producer may know more of filters than its clients.
  filter: z.object(sessionFilterSchema.shape),
  count: count.meta({ description: 'Distinct sessions found, so far while it walks' }),
  pages: count.meta({ description: 'Pages read of Learnosity' }),
  shown: count.meta({ description: 'Sessions that they showed; one that is updated meanwhile may be shown twice' }),
  digest: z
    .string()
    .exactOptional()
    .meta({ description: 'Once ready: SHA-256 over its sessions in their order, each ended by a line feed, in hex' }),
  request: z.string().exactOptional().meta({ description: 'The request that deletes it; of several the newest' }),
  createdAt: time,
  finishedAt: time.exactOptional(),
  keepMetadata: z.literal(true).exactOptional().meta({ description: 'The metadata of each session is kept' }),
  breakdown: breakdownViewSchema
    .exactOptional()
    .meta({ description: 'How many of the sessions are of which status, activity or learner' }),
  reason: z.string().exactOptional(),
  requestedBy: z.string().exactOptional(),
  error: said.exactOptional().meta({ description: 'Why it has failed' }),
  waiting: said.exactOptional().meta({ description: 'Why it does not go on just now' }),
}) satisfies z.ZodType<SelectionView>;

/** A page of `GET /v1/selections`. */
export const selectionsPageSchema = z.object({
  selections: z.array(selectionSchema),
  next: z.string().exactOptional().meta({ description: 'Given while there may be more, also by a page without any' }),
}) satisfies z.ZodType<SelectionsPage>;
/** A legal hold as `GET /v1/legal-holds/{id}` shows it. */
export const legalHoldSchema = z.object({
  id: z.string(),
  consumer: z.string(),
  on: heldThingSchema,
  userId: z.string().exactOptional(),
  activityId: z.string().exactOptional(),
  sessions: count.meta({
    description:
      'Those that it keeps; of a user or an activity as far as they were found. While it is being lifted those that are left',
  }),
  reason: z.string(),
  by: z.string().exactOptional().meta({ description: 'Whose token made it' }),
  createdAt: time,
  resolvedAt: time.exactOptional().meta({
    description:
      'Of a user or an activity: as of when its sessions are known. No deletion of the consumer is sent before they are the first time',
  }),
  waiting: said.exactOptional().meta({ description: 'Why its sessions are not found just now' }),
  liftedAt: time.exactOptional().meta({
    description:
      'Since when it is being lifted: its sessions are let go, some at a time, and no deletion waits for it any more. Then it is gone',
  }),
}) satisfies z.ZodType<LegalHoldView>;

/** The answer of `GET /v1/legal-holds`. */
export const legalHoldsSchema = z.object({
  holds: z.array(legalHoldSchema).meta({ description: 'The newest 1,000' }),
});

/** The answer of `GET /v1/sessions/{id}`. */
export const sessionSchema = z.object({
  requests: z
    .array(
      z.object({
        id: z.string(),
        kind: kindSchema,
        consumer: z.string(),
        state: z.enum(requestStates),
        outcome: z.enum(sessionOutcomes).meta({
          description:
            'waiting: not sent, being sent, or to be sent again; submitted: at Learnosity; parked: outcome unknown, a person decides',
        }),
        createdAt: time,
        finishedAt: time.exactOptional(),
      }) satisfies z.ZodType<SessionRequest>,
    )
    .meta({ description: 'The newest first; at most eight of a consumer' }),
});

/** The answer of `GET /v1/consumers`. */
export const consumersSchema = z.object({
  consumers: z.array(z.string()).meta({ description: 'Those that workers have announced, by name' }),
});

/** The answer of `/v1/stop` and `/v1/start`. */
export const switchSchema = z.object({
  kind: kindSchema,
  stopped: z.boolean(),
  reason: z.string().exactOptional(),
});

/** Every error's document (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().exactOptional(),
  instance: z.string().exactOptional(),
  errors: z.array(z.object({ field: z.string(), reason: z.string() })).exactOptional(),
  requestId: z.string().exactOptional(),
});
