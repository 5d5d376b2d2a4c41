import type { RedisOptions } from '@session-queue/testing';
import type { LoadOptions } from '../load/asks.ts';
import type { Release } from './release.ts';
import type { StoreKind } from './store/store.ts';

export interface WorldQuota {
  calls: number;
  windowMs: number;
}

export type WorldQuotas = Record<'deletion' | 'resubmission', WorldQuota>;

export interface WorldOptions {
  seed: string;
  /** An older release that the first workers and the producer are of; what this project has built when absent. */
  begins?: Release;
  /** Worker replicas (3). */
  workers?: number;
  /** Consumers (3, at most 5). */
  consumers?: number;
  /** Calls in any window, of each consumer: kept by the stand-in, known to the workers. A short window makes short runs. */
  quotas?: WorldQuotas;
  /** From a call to its answer at the stand-in, ms, `min-max` ('20-120'). */
  latency?: string;
  /** From a job's creation to its end, s, `min-max` ('0.3-1.5'). */
  jobSeconds?: string;
  /** Learnosity has a name and a certificate (world.https), instead of plain HTTP at an address. */
  https?: boolean;
  /** Further flags of the stand-in. */
  fakeFlags?: readonly string[];
  redis?: RedisOptions;
  /** One Redis (`single`), three in a cluster, or a master and a replica with a sentinel. */
  store?: StoreKind;
  /** Further variables of the workers and the producer. */
  appEnv?: Readonly<Record<string, string>>;
  /** Further variables of the workers. */
  workerEnv?: Readonly<Record<string, string>>;
  load?: Partial<LoadOptions>;
  /** Nobody else uses the consumers' keys, and the workers are told so. */
  exclusiveKeys?: boolean;
  /** How deletions are verified, where some are; as usual when absent, which takes longer than anybody waits here. */
  verification?: { deletions?: 'selections' | 'always'; afterSeconds: number; forSeconds: number };
  /** Deletions are under evidence, with an archive, and leave tombstones; the audit checks journal and certificates (world.proving). */
  isProving?: boolean;
  /** Sessions are put into the index, and the audit compares what it says of them. */
  sessionIndex?: boolean;
  /** How long everything may take to come to its end after the last fault (90,000). */
  settleWithinMs?: number;
}

export const defaultQuotas: WorldQuotas = {
  deletion: { calls: 5, windowMs: 1_000 },
  resubmission: { calls: 5, windowMs: 1_000 },
};
