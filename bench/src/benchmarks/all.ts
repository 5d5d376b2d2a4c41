import type { Benchmark } from '../benchmark.ts';
import { fewCalls } from './few-calls.ts';
import { idle } from './idle.ts';
import { quotaUsed } from './quota-used.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [quotaUsed, fewCalls, idle];
