import { z } from 'zod';
import type { Verification } from '../verification/verification-view.ts';

/** What a request asks for. */
export const kinds = ['deletion', 'resubmission'] as const;
export type Kind = (typeof kinds)[number];
export const kindSchema = z.enum(kinds);

/**
 * The states of a request: `receiving` while its items are uploaded, `accepted` once sealed, `waiting` for a second person's approval
 * of a deletion, `held` by a person,
 * `processing` while its lane works on it, then `completed`, `failed` (some items failed for good) or `cancelled`.
 */
export const requestStates = [
  'receiving',
  'accepted',
  'waiting',
  'held',
  'processing',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RequestState = (typeof requestStates)[number];

/** States that a request leaves only when its failed items are retried. */
export const finalStates: ReadonlySet<RequestState> = new Set(['completed', 'failed', 'cancelled']);

/**
 * Where the items of a request are: total = pending + claimed + submitted + parked + succeeded + failed + cancelled.
 * `duplicates` were left out of the total; `absent` items (already gone at Learnosity) and `alreadyDeleted` ones (a tombstone says
 * so; nothing was sent) are among `succeeded`. `resent` items, in whatever count they are, went out again after a call whose outcome was unknown, or were parked and are to, by a person's word.
 */
export interface ItemCounts {
  total: number;
  duplicates: number;
  pending: number;
  claimed: number;
  submitted: number;
  parked: number;
  succeeded: number;
  absent: number;
  alreadyDeleted: number;
  failed: number;
  cancelled: number;
  resent: number;
  /**
   * Of a deletion, parts of succeeded: Learnosity shows them no more, although it did before; nobody saw them before, or Learnosity never
   * said; it shows them although they were deleted twice.
   */
  verified?: number;
  unverifiable?: number;
  stillThere?: number;
}

/** Why a lane is stopped: a fault of its consumer (credentials, rights, version) that a person must mend, or a person's word. */
export interface LaneStop {
  code: string;
  message: string;
  since: string;
  /** When it goes on by itself, where that is known. */
  until?: string;
}

/** Which of the open requests of a lane go first; every eighth batch begins at the other end, so that nobody starves. */
export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** The last time that the failed items of a request were put back in line: when, why and by whom. */
export interface Retry {
  at: string;
  reason: string;
  by?: string;
}

/** A deletion was revoked before anything of it was sent. */
export type Revocation = Retry;

/** What became of the callback that tells of a request's end, and when that was. */
export interface Callback {
  /** `failed`: nobody tries any more. */
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  at: string;
}

/** A request as services and people see it. Times are ISO 8601, UTC. */
export interface RequestView {
  id: string;
  kind: Kind;
  consumer: string;
  state: RequestState;
  counts: ItemCounts;
  /** Lines of the upload that were no items and were left out, on wish; in no count. */
  skipped?: number;
  priority: Priority;
  createdAt: string;
  /** Of a deletion: what was deleted before is deleted again. */
  force?: boolean;
  /** Of a resubmission: items whose session could not be read, so that nobody knows whether it was deleted; in whatever count they are. */
  unreadable?: number;
  /** Nothing of it is sent before. */
  notBefore?: string;
  /** By when all of it is to be done. */
  deadline?: string;
  /** Set on an open request that is not sure to be done by its deadline: since when that is known. */
  atRisk?: string;
  /** The deadline, where the request was still open behind it. */
  missed?: string;
  finishedAt?: string;
  reason?: string;
  requestedBy?: string;
  /** The selection whose sessions it deletes: its id. */
  selection?: string;
  /** Whose token asked, as the producer knows it; `requestedBy` is what was said. */
  keyName?: string;
  /** A deletion that waits for a second person's approval, however few items it has. */
  requireApproval?: boolean;
  approvedBy?: string;
  approvedAt?: string;
  approvalReason?: string;
  /** A deletion starts then at the earliest, and can be revoked before. */
  startsAt?: string;
  revoked?: Revocation;
  /** Set on a deletion that is not opened until the users and activities under a legal hold are looked up, with why that takes time. */
  waiting?: { code: string; message: string };
  /** Told of the end of the request. */
  callbackUrl?: string;
  /** Set on a finished request with a callback URL: of its last end. */
  callback?: Callback;
  retried?: Retry;
  /** Of a deletion, once something of it is deleted. */
  verification?: Verification;
  /** Why the request was refused at intake (state `failed`, nothing sent). Never holds an item. */
  error?: string;
  /** Set on an open request while its lane is stopped. */
  laneStopped?: LaneStop;
  /** Set on an open deletion while all deletions are stopped: the reason given. */
  allStopped?: string;
}

/** One item that failed or is parked, with the code and message of why. */
export interface ItemReport {
  item: string;
  code: string;
  message: string;
}

/** The lists of items of a request that can be paged through; see `ItemCounts`. */
export const itemLists = ['failed', 'parked', 'stillThere'] as const;
export type ItemList = (typeof itemLists)[number];

/** A page of items; `next` is given while there may be more. */
export interface ItemsPage {
  items: ItemReport[];
  next?: string;
}

/** How the open requests of a list may stand to their deadlines: `at-risk` ones have not missed theirs yet. */
export const deadlineStates = ['at-risk', 'missed'] as const;
export type DeadlineState = (typeof deadlineStates)[number];

/** How an open request stands to its deadline; `undefined` of one that is sure to be in time, or at its end. */
export function deadlineStateOf({ state, atRisk, missed }: RequestView): DeadlineState | undefined {
  if (finalStates.has(state)) return undefined;
  if (missed !== undefined) return 'missed';
  return atRisk === undefined ? undefined : 'at-risk';
}

/** Which requests to list. What is absent does not matter; times are of their creation. */
export interface RequestFilter {
  kind?: Kind | undefined;
  state?: RequestState | undefined;
  /** One or more consumers; over HTTP at most 50. */
  consumers?: readonly string[] | undefined;
  requestedBy?: string | undefined;
  /** Only open requests. */
  deadline?: DeadlineState | undefined;
  /** ISO 8601: the first moment that counts. */
  since?: string | undefined;
  /** ISO 8601: the first moment that no longer counts. */
  until?: string | undefined;
}

/** A page of requests, the newest first; `next` is given while there may be more, also by a page that found none yet. */
export interface RequestsPage {
  requests: RequestView[];
  next?: string;
}

/** Most items of one request. */
export const maxItemsPerRequest = 5_000_000;
/** Most items of one plain BullMQ job, and its greatest size as JSON in bytes. */
export const maxItemsPerPlainJob = 5_000;
export const maxPlainJobBytes = 8 * 1024 * 1024;

/** A consumer's name: a letter or digit, then up to 63 letters, digits, dots, dashes or underscores. */
export const consumerNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, dots, dashes or underscores, and start with a letter or digit',
  );

/** The consumer that a request without one is for. */
export const defaultConsumer = 'default';

const noteOr = (missing: string) =>
  z
    .string(missing)
    .min(1, 'must not be empty')
    .max(500, 'must be at most 500 characters')
    .regex(/^\P{Cc}*$/u, 'must hold no control characters')
    // Half a character would become another one in Redis.
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
const note = noteOr('must be a string');

/** Why somebody does something. */
export const reasonSchema = noteOr('is required: people will ask why');

/** Who does something. */
export const personSchema = note.max(200, 'must be at most 200 characters');

/** Longest time by which a request may be put off. */
const maxPutOffMs = 366 * 24 * 3600 * 1000;

/** A moment as ISO 8601 with its offset from UTC. */
export const momentSchema = z.iso.datetime({
  offset: true,
  error: 'must be a time such as 2027-01-31T08:00:00Z, with Z or an offset',
  // What is no time is neither near nor far.
  abort: true,
});

const notBeforeSchema = momentSchema.refine(
  (text) => Date.parse(text) - Date.now() <= maxPutOffMs,
  'must be within a year from now',
);

/** Longest time to a deadline: as long as records may be kept. */
const maxTermMs = 3_650 * 24 * 3600 * 1000;

// One that is over is taken as well: the same call again is to be answered as the first was.
const deadlineSchema = momentSchema.refine(
  (text) => Date.parse(text) - Date.now() <= maxTermMs,
  'must be within ten years from now',
);

const callbackUrlSchema = z
  .string('must be a URL')
  .max(2_000, 'must be at most 2,000 characters')
  .refine(isCallbackUrl, 'must be an https or http URL without a user, a password or a fragment');

function isCallbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${hash}` === '';
}

/** What every way in takes beside the items: consumer, why, who asked, when, by when, how urgent, and whom to tell of the end. */
export const requestNotesSchema = z.strictObject({
  consumer: consumerNameSchema
    .optional()
    .meta({ description: `Whose credentials and quota; '${defaultConsumer}' when absent` }),
  reason: note.optional().meta({ description: 'Why: people will ask. No place for ids of sessions' }),
  requestedBy: personSchema.optional().meta({ description: 'Who asks; the name of the API key when absent' }),
  notBefore: notBeforeSchema.optional().meta({ description: 'Nothing is sent before; at most a year from now' }),
  priority: z
    .enum(priorities, 'must be high, normal or low')
    .optional()
    .meta({ description: 'Which of the open requests of a consumer go first; normal when absent' }),
  deadline: deadlineSchema.optional().meta({
    description:
      'By when all of it is to be done; as the workers have it when absent: 30 days for deletions, none for resubmissions',
  }),
  callbackUrl: callbackUrlSchema.optional().meta({ description: 'Told of the end of the request' }),
});
export type RequestNotes = z.infer<typeof requestNotesSchema>;

/** What deletions take besides. */
export const deletionNotesSchema = requestNotesSchema.extend({
  requireApproval: z
    .boolean('must be true or false')
    .optional()
    .meta({ description: 'It waits for the approval of a second person, however few items it has' }),
  verify: z.boolean('must be true or false').optional().meta({
    description:
      'Whether its sessions are looked for before they are deleted, and again behind it; as the consumer is set up when absent',
  }),
  force: z
    .boolean('must be true or false')
    .optional()
    .meta({ description: 'Delete again what was deleted before: a session may have re-appeared' }),
});
export type DeletionNotes = z.infer<typeof deletionNotesSchema>;
/** Those alone. */
export type DeletionWishes = Omit<DeletionNotes, keyof RequestNotes>;
