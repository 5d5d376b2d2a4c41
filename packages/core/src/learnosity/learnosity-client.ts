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
import { type CallTiming, LearnosityError } from './learnosity-error.ts';
import type { MetadataFilter } from './metadata-filter.ts';
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

export interface MetadataPage extends CallTiming {
  sessions: SessionMetadata[];
}

/**
 * One consumer's Data API. Each call, and each page of metadata, is one arrival at Learnosity and needs one quota slot.
 * All reject with `LearnosityError`, which says what to do; nothing is tried again here.
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
  /** Pages of sessions' metadata. The last page is empty, as Learnosity tells its end. */
  getSessionMetadata(filter: MetadataFilter, options?: CallOptions): AsyncGenerator<MetadataPage, void, undefined>;
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

    async *getSessionMetadata(filter, { signal } = {}) {
      let next: string | undefined;
      for (;;) {
        const page = await makeCall(context, {
          endpoint: 'metadata',
          request: next === undefined ? filter : { ...filter, next },
          items: [...(filter.session_id ?? []), ...(filter.user_id ?? []), ...(filter.activity_id ?? [])],
          read: ({ data, meta }) => ({ sessions: readSessionMetadata(data), next: meta.next }),
          signal,
        });
        const { next: following, ...given } = page;
        yield given;
        // `next` comes back with every page that has a record, also with the last: only an empty page is the end.
        if (page.sessions.length === 0 || following === undefined) return;
        if (following === next) throw endlessPaging(page);
        next = following;
      }
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

function endlessPaging({ headersArrived, msSinceHeaders }: CallTiming): LearnosityError {
  return new LearnosityError('Learnosity gave the same page twice', {
    decision: 'transient',
    outcome: 'unknown',
    code: 'UNREADABLE',
    headersArrived,
    msSinceHeaders,
    cause: new Error('meta.next did not change'),
  });
}
