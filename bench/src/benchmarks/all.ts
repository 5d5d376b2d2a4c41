import type { Benchmark } from '../benchmark.ts';
import { fewCalls } from './few-calls.ts';
import { growth } from './growth.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { million } from './million.ts';
import { quotaUsed } from './quota-used.ts';
import { requestsASecond } from './requests-a-second.ts';
import { sessionIndex } from './session-index.ts';
import { takingIn } from './taking-in.ts';
import { tombstones } from './tombstones.ts';
import { tracking } from './tracking.ts';
import { verification } from './verification.ts';

/**
 * In the order in which they run, what tells the most first: a long run may be ended amid. Those of a group run at the same time when all is to be quick: each has its own Redis, stand-in
 * and workers, and what it reports it counts there (calls, commands), so that work beside it changes little.
 */
export const groups: readonly (readonly Benchmark[])[] = [
  [quotaUsed],
  [growth],
  [idle, fewCalls, tracking],
  [takingIn],
  [sessionIndex],
  [verification],
  [tombstones],
  [requestsASecond],
  [latency],
  [million],
];

export const benchmarks: readonly Benchmark[] = groups.flat();
