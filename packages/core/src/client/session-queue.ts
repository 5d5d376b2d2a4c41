import type { Certificate } from '../evidence/certificate/certificate.ts';
import type { LegalHolds } from '../legal-holds/legal-hold.ts';
import type { Approval } from '../requests/approval.ts';
import type { Why, WhyIfAny } from '../requests/control.ts';
import type {
  DeletionWishes,
  ItemList,
  ItemsPage,
  Kind,
  RequestFilter,
  RequestNotes,
  RequestsPage,
  RequestView,
} from '../requests/request.ts';
import type {
  ChosenSelection,
  SelectionInput,
  SelectionListFilter,
  SelectionsPage,
  SelectionView,
} from '../selections/selection.ts';
import type { SessionRequest } from '../sessions/session-request.ts';

/**
 * Items as a list, or produced while they are stored, one by one or some at a time (which costs less): nothing holds all of them at
 * once. Nothing of it is kept when the source throws; its error comes out as it is.
 */
export type Items = Iterable<string> | AsyncIterable<string | readonly string[]>;

export interface AcceptOptions extends RequestNotes {
  /**
   * The request's id, 1 to 255 characters; a random UUID when absent. The same call with the same id and items is
   * safe to repeat: it answers with the request that is there.
   */
  id?: string;
  /**
   * What was stored stays for 24 hours when the source fails or the process ends, and the same call with the same `id` and items goes on
   * behind it: it reads them from the start, and stores none twice.
   */
  resumable?: boolean;
  /**
   * Whose token asked, for the record: whoever lets others ask, as the producer does, says it of those it has authenticated. Not sent
   * over HTTP.
   */
  keyName?: string | undefined;
  /** Stops the upload; nothing of it is kept, unless it is resumable. */
  signal?: AbortSignal;
  /** How many lines of the source were left out since they were no items; asked once the source has ended. Not sent over HTTP. */
  skipped?: () => number;
}

export interface DeletionInput extends AcceptOptions, DeletionWishes {
  /** 1 to 5,000,000 session ids of 1 to 255 characters. */
  sessionIds: Items;
}

export interface ResubmissionInput extends AcceptOptions {
  /** 1 to 5,000,000 failed submissions: base64, at most 2 MB each as sent. */
  submissions: Items;
  /** Lets an old recording overwrite newer responses (Learnosity's `ignore_response_revisions`). */
  ignoreResponseRevisions?: boolean;
}

/** The id of a selection that is ready, and what was looked at: nothing is kept where its `digest` or `count` is another. */
export interface SelectionDeletionInput extends AcceptOptions, DeletionWishes, ChosenSelection {
  /** Told as its sessions are stored, up to 1,000 at a time. Not over HTTP. */
  onStored?: () => void;
}

/** Choosing sessions by their metadata: first a preview, and then the deletion of exactly what was looked at. */
export interface Selections {
  /** Asks a worker to find what a filter selects. Nothing is deleted. */
  select(input: SelectionInput): Promise<SelectionView>;
  /** How a selection stands; refuses with `not_found`. */
  getSelection(id: string): Promise<SelectionView>;
  /** Selections, the newest first, at most `limit` (50, up to 200) and about 8 MB a page. */
  listSelections(filter?: SelectionListFilter, page?: { next?: string; limit?: number }): Promise<SelectionsPage>;
  /**
   * The sessions of a selection that is ready, up to 1,000 at a time, in the order that the digest covers. Refuses with `conflict` any
   * other, and one that is cancelled meanwhile: what was read of it is not all.
   */
  selectedSessions(id: string): AsyncIterable<readonly string[]>;
  /**
   * The metadata of a selection's sessions, where it was asked to keep it: of each what Learnosity's endpoint answers (user_id, session_id,
   * metadata) as a line of JSON, in the order that the digest covers. Refuses as `selectedSessions` does.
   */
  selectedMetadata(id: string): AsyncIterable<readonly string[]>;
  /** Ends the walk, and forgets what was found. */
  cancelSelection(id: string): Promise<SelectionView>;
  /** Asks for the deletion of what a selection found. */
  deleteSelection(input: SelectionDeletionInput): Promise<RequestView>;
}

/**
 * What the producer, the dashboard and other services do with Session Queue. Every method refuses with `Refusal`.
 * Once `deleteSessions` or `resubmit` has resolved, the request is durable in Redis (invariant 1).
 */
export interface SessionQueue {
  /** Holds that keep sessions from ever being deleted. */
  readonly holds: LegalHolds;
  deleteSessions(input: DeletionInput): Promise<RequestView>;
  resubmit(input: ResubmissionInput): Promise<RequestView>;
  /** The request, or `undefined` when none has this id (any more). */
  getRequest(id: string): Promise<RequestView | undefined>;
  /** Requests, the newest first, at most `limit` (50, up to 200) a page. */
  listRequests(filter?: RequestFilter, page?: { next?: string; limit?: number }): Promise<RequestsPage>;
  /** Failed, parked or still shown items, at most `limit` (100, up to 1,000) and about 8 MB a page. */
  listItems(id: string, state: ItemList, page?: { next?: string; limit?: number }): Promise<ItemsPage>;
  /**
   * The deletions that a session is in, the newest first, at most eight of a consumer; of these consumers, or of all. Refuses with
   * `index_off` where sessions are not indexed; knows nothing of what was asked for before they were.
   */
  findSession(sessionId: string, options?: { consumers?: readonly string[] }): Promise<SessionRequest[]>;
  /**
   * What proves offline what became of a deletion that has ended. Refuses with `conflict` and the reason where there is none, or none yet;
   * a certificate of over 10,000 sessions carries no leaves.
   */
  certificate(id: string): Promise<Certificate>;
  /** The lines of the file with the leaves of a request that has a certificate, some at a time: what proofs for a large one are made from. */
  certificateLeaves(id: string): AsyncIterable<readonly string[]>;
  /** Cancels what has not been sent; what is already under way goes on to its end. */
  cancel(id: string): Promise<RequestView>;
  /** Stops taking new items of a request until `release`. */
  hold(id: string): Promise<RequestView>;
  release(id: string): Promise<RequestView>;
  /**
   * Notes that a second person approves of a deletion that waits for it. Over Redis `by` is taken at its word; over HTTP it is whom the
   * token names. Refuses with `conflict` whoever asked for the deletion, and what waits for no approval.
   */
  approve(id: string, approval: Approval): Promise<RequestView>;
  /** Ends a deletion of which nothing was sent, while it waits for its approval or its time. Refuses with `conflict` any other. */
  revoke(id: string, why: Why): Promise<RequestView>;
  /** Puts the failed items of a finished request back in line; says why. After a lost answer look at the request before it is asked again. */
  retryFailed(id: string, why: Why): Promise<RequestView>;
  /** Sends the parked items again, or fails them. Refuses with `conflict` once none is parked: the second time, too. */
  resolveParked(id: string, action: 'resend' | 'fail'): Promise<RequestView>;
  /** Stops every claim and every send of a kind, over all consumers, until `startKind`. Over HTTP `by` is whom the token names. */
  stopKind(kind: Kind, reason: string, options?: { by?: string | undefined }): Promise<void>;
  /** Undoes the stop. Why is kept by the journal of evidence alone. */
  startKind(kind: Kind, why?: WhyIfAny): Promise<void>;
  /** Consumers that workers have announced, by name. */
  consumers(): Promise<string[]>;
}
