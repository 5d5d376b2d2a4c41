import type { ScriptInput } from '../script/faults.ts';
import type { EndpointName } from './endpoints.ts';
import type { MakeSessions } from './make-sessions.ts';
import type { SessionSeed } from './session-seed.ts';

/** A span to draw from evenly, both ends included. The unit stands at the option that takes it. */
export interface Range {
  min: number;
  max: number;
}

/** At most `calls` in any `windowMs` milliseconds. */
export interface Quota {
  calls: number;
  windowMs: number;
}

/** Quotas by call. Left out: as documented. `null`: lifted. */
export type QuotaOptions = Partial<Record<EndpointName, Quota | null>>;

/** A set of credentials that the stand-in knows. */
export interface ConsumerOptions {
  key: string;
  secret: string;
  /** The allow-list that the signed `domain` must be on. */
  domains: readonly string[];
  /** Beats the quotas of all consumers. */
  quotas?: QuotaOptions;
}

/** What becomes of a deletion that names sessions which do not exist. The live service's answer is not documented. */
export const goneAnswers = ['succeed', 'refuse-named', 'refuse-unnamed'] as const;
export type GoneAnswer = (typeof goneAnswers)[number];

/** How the stand-in behaves. Everything has a default: one demo consumer, documented quotas, jobs of 1 to 5 s. */
export interface FakeLearnosityOptions {
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  port?: number | undefined;
  consumers?: readonly ConsumerOptions[] | undefined;
  /** LTS versions that are served, and those that were removed (410 / 42001). All others: 404 / 20012. */
  versions?: readonly string[] | undefined;
  removedVersions?: readonly string[] | undefined;
  quotas?: QuotaOptions | undefined;
  /** Milliseconds from the arrival of a call to its answer. Default: none. */
  latencyMs?: Range | undefined;
  /** Milliseconds from the creation of a job to its end. Default: 1000 to 5000. */
  jobMs?: Range | undefined;
  /** The share of jobs that end halted, 0 to 1. */
  haltRate?: number | undefined;
  /** Sessions that exist: ids, or records for `/sessions/metadata`. */
  sessions?: Iterable<string | SessionSeed> | undefined;
  /** Sessions that are made from the seed, beside those. */
  makeSessions?: MakeSessions | undefined;
  /** Whether every id exists that is neither listed in `gone` nor deleted. Default: unless sessions are given or made. */
  everySessionExists?: boolean | undefined;
  /** Ids of sessions that are already gone. */
  gone?: Iterable<string> | undefined;
  goneAnswer?: GoneAnswer | undefined;
  /** Largest body that is read, in bytes; over it: 413. Default: 64 MB. */
  maxBodyBytes?: number | undefined;
  /** Keep totals only: no per-session and per-submission books, so that millions of items cost no memory. */
  lean?: boolean | undefined;
  /** Seeds all randomness, job references too. Default: another one for each start, shown in the books. */
  seed?: string | undefined;
  /** Now, in epoch milliseconds; rules signing, quotas, jobs and books, but not latency. Default: the real time. */
  clock?: (() => number) | undefined;
  /** Faults that are in force from the start. */
  script?: readonly ScriptInput[] | undefined;
}
