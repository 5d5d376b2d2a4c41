import { maxItemsPerRequest } from '@session-queue/core';
import type { JsonLimits } from './json-scan.ts';

/** What any body may hold at most. */
export const bodyLimits: JsonLimits = {
  maxDepth: 32,
  maxContainers: 100_000,
  // A request's items and its few other fields.
  maxValues: maxItemsPerRequest + 100,
  maxFields: 100,
  maxNameBytes: 1_024,
};
