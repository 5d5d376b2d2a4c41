import type { Kind } from '@session-queue/core';
import type { CallQuota } from '../measures/quota-share.ts';

/** Of a consumer key, in any window (Learnosity's page "Rate Limiting With the Data API", and that of the session deletion). */
export const learnosityQuotas: Readonly<Record<Kind, CallQuota>> = {
  deletion: { calls: 5, windowMs: 5_000 },
  resubmission: { calls: 50, windowMs: 5_000 },
};
/** The most session ids, and the most failed submissions, of one call. */
export const itemsPerCall = 50;
