import type { Benchmark } from '../benchmark.ts';
import { fewCalls } from './few-calls.ts';
import { growth } from './growth.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { million } from './million.ts';
import { quotaUsed } from './quota-used.ts';
import { takingIn } from './taking-in.ts';
import { tracking } from './tracking.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  quotaUsed,
  fewCalls,
  tracking,
  growth,
  idle,
  takingIn,
  latency,
  million,
];
