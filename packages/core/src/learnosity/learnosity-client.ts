import {
  askedStatuses,
  type Job,
  readJobs,
  readJobsPage,
  readSessionMetadata,
  type SessionMetadata,
  startedJobSchema,
} from './answers.ts';
import { readBaseUrl } from './base-url.ts';
import { type Account, type CallContext, makeCall } from './call.ts';
import type { Endpoint } from './decision.ts';
import type { CallTiming } from './learnosity-error.ts';
import { learnosityFilter, type SessionFilter } from './session-filter.ts';
import type { Signer } from './signer.ts';
import { createSigningClock } from './signing-clock.ts';
import type { Transport } from './transport.ts';

/** Most items of a call to `/sessions`, and most references of one to `/jobs` whose answer fits one page. */
export const maxItemsPerCall = 50;
/** How long a call may take to its last byte, unless told otherwise. */
export const defaultDeadlineMs = 10_000;

export interface CallOptions {
  /** Cuts the call. Once it may have left, its outcome is unknown. */
  signal?: AbortSignal;
  /** After this moment (`performance.now()`) the call does not leave any more, whatever has held it up: it surely did not arrive. */
  leaveBy?: number;
}

export interface StartedJob extends CallTiming {
  jobReference: string;
}

export interface FoundJobs extends CallTiming {
  /** By reference. One that is missing is not done: unknown yet, or unreadable. */
  jobs: ReadonlyMap<string, Job>;
}

export interface JobsPage extends CallTiming {
  jobs: Job[];
  /** Asks for the page behind it; an empty page, or none to ask for, is the end. */
  next: string | undefined;
  /** Learnosity's clock when it answered, ms since 1970, to the second. */
  serverTime: number | undefined;
}

/** Jobs that were made between two moments, ms since 1970, both to the second. */
export interface JobsSpan {
  from: number;
  to: number;
}

export interface SessionsPage extends CallTiming {
  sessions: SessionMetadata[];
  /** Asks for the page behind it. Every page with a session has one, the last too: only an empty page is the end. */
  next: string | undefined;
  /** Learnosity's clock when it answered, ms since 1970, to the second. */
  serverTime: number | undefined;
}

/**
 * One consumer's Data API. Each call is one arrival at Learnosity and needs one quota slot. All reject with `LearnosityError`, which says what to do; nothing is tried again here.
 */
export interface LearnosityClient {
  /** Starts the deletion of 1 to 50 sessions. There is no undo. */
  deleteSessions(ids: readonly string[], options?: CallOptions): Promise<StartedJob>;
  /** Sends 1 to 50 failed submissions (base64) again. */
  submitFailedSubmissions(
    submissions: readonly string[],
    options: CallOptions & { ignoreResponseRevisions: boolean },
  ): Promise<StartedJob>;
  /** Looks up 1 to 50 jobs in any status. */
  getJobs(references: readonly string[], options?: CallOptions): Promise<FoundJobs>;
  /** A page of the jobs made in a span of time, in any status, of everybody whose jobs the key can see. */
  listJobs(span: JobsSpan, options?: CallOptions & { next?: string }): Promise<JobsPage>;
  /**
   * A page of up to 50 sessions that have metadata, the longest not updated first: one that is updated between two pages is
   * seen once more, and never missed. A session without metadata may never show: absence proves something only for one that
   * was seen before.
   */
  listSessions(filter: SessionFilter, options?: CallOptions & { next?: string }): Promise<SessionsPage>;
}

export interface LearnosityClientOptions {
  account: Account;
  transport: Transport;
  signer: Signer;
  /** By endpoint; 10 s where not given. */
  deadlineMs?: Partial<Readonly<Record<Endpoint, number>>>;
  /** Milliseconds since 1970, for timestamps. */
  now?: () => number;
}

/** Throws `TypeError` for a base URL that is none, or plain http to anything but loopback. */
export function createLearnosityClient(options: LearnosityClientOptions): LearnosityClient {
  const { account, transport, signer, deadlineMs = {}, now = Date.now } = options;
  const base = readBaseUrl(account.baseUrl);
  if ('fault' in base) throw new TypeError(`the base URL ${base.fault}`);
  const context: CallContext = {
    account: { ...account, baseUrl: base.url },
    transport,
    signer,
    clock: createSigningClock(now),
    deadlineMs: {
      deletion: defaultDeadlineMs,
      resubmission: defaultDeadlineMs,
      jobs: defaultDeadlineMs,
      metadata: defaultDeadlineMs,
      ...deadlineMs,
    },
  };

  return {
    async deleteSessions(ids, { signal, leaveBy } = {}) {
      checkCount(ids);
      return await makeCall(context, {
        endpoint: 'deletion',
        request: { session_ids: ids },
        items: ids,
        read: ({ data }) => ({ jobReference: startedJobSchema.parse(data) }),
        leaveBy,
        signal,
      });
    },

    async submitFailedSubmissions(submissions, { ignoreResponseRevisions, signal, leaveBy }) {
      checkCount(submissions);
      return await makeCall(context, {
        endpoint: 'resubmission',
        request: {
          data_format: 'failed_submission',
          data: submissions,
          ignore_response_revisions: ignoreResponseRevisions,
        },
        items: submissions,
        read: ({ data }) => ({ jobReference: startedJobSchema.parse(data) }),
        // An unknown outcome of these waits for a person: they never meet a kept connection that the server is closing.
        freshConnection: ignoreResponseRevisions,
        leaveBy,
        signal,
      });
    },

    async getJobs(references, { signal } = {}) {
      checkCount(references);
      return await makeCall(context, {
        endpoint: 'jobs',
        request: { references, status: askedStatuses, limit: maxItemsPerCall },
        items: references,
        read: ({ data }) => ({ jobs: readJobs(data) }),
        signal,
      });
    },

    async listJobs({ from, to }, { next, signal } = {}) {
      const span = { mintime: Math.floor(from / 1_000), maxtime: Math.ceil(to / 1_000) };
      return await makeCall(context, {
        endpoint: 'jobs',
        request: { ...span, status: askedStatuses, limit: maxItemsPerCall, ...(next !== undefined && { next }) },
        items: [],
        read: ({ data, meta }, date) => {
          return { jobs: readJobsPage(data), next: meta.next, serverTime: readDate(date) };
        },
        signal,
      });
    },

    async listSessions(filter, { next, signal, leaveBy } = {}) {
      const page = { sort: 'asc', limit: maxItemsPerCall, ...(next !== undefined && { next }) };
      return await makeCall(context, {
        endpoint: 'metadata',
        request: { ...learnosityFilter(filter), ...page },
        items: [...(filter.sessionIds ?? []), ...(filter.userIds ?? []), ...(filter.activityIds ?? [])],
        read: ({ data, meta }, date) => {
          const sessions = readSessionMetadata(data);
          if (sessions.length > 0 && next !== undefined && meta.next === next) {
            throw new Error('the page asks for itself again: meta.next is that of the call');
          }
          return { sessions, next: meta.next, serverTime: readDate(date) };
        },
        leaveBy,
        signal,
      });
    },
  };
}

function checkCount(items: readonly string[]): void {
  if (items.length >= 1 && items.length <= maxItemsPerCall) return;
  throw new RangeError(`a call takes 1 to ${maxItemsPerCall} items, not ${items.length}`);
}

function readDate(header: string | undefined): number | undefined {
  const moment = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(moment) ? undefined : moment;
}
