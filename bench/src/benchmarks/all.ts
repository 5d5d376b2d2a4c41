import type { Benchmark } from '../benchmark.ts';
import { quotaUsed } from './quota-used.ts';

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [quotaUsed];
