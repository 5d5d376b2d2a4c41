import type { Holds } from './visible-fields.ts';

const host = String.raw`[^\s()]{1,260}`;

/**
 * How jobs fail here, as workers and producers write it. What follows the counts of a batch is Learnosity's word, out
 * of which the client has taken every item and secret.
 */
const knownFailures: Readonly<Record<Holds, readonly RegExp[]>> = {
  requests: [
    /^\d+ of \d+ items failed for good$/,
    /^its record is gone \(aged out, or never sealed\)$/,
    /^its id (must have 1 to 255 characters and no control character|belongs to a request with other content)$/,
  ],
  batches: [/^\d+ of \d+ items failed: \w{1,40} [^\n]{0,500}$/],
  callbacks: [
    /^its data are no callback$/,
    /^the record of its request is gone$/,
    new RegExp(String.raw`^answered \d{3} \(${host}\)$`),
    new RegExp(String.raw`^no whole answer: [A-Z_0-9]{1,40}(: [a-z ]{1,80})? \(${host}\)$`),
    new RegExp(String.raw`^its URL must [a-zA-Z_ ,;()-]{1,120} \(${host}\)$`),
  ],
  // A run that fails says so in its record, and its job ends well.
  rules: [],
};

/** BullMQ's own. */
const stalled = /^job stalled more than allowable limit$/;

/**
 * Why a job failed, where that is known to hold nothing private (invariant 9): a foreign client can fail a job as
 * well, with any text. `refused` is the reason that intake has left in the data of a job that it refused.
 */
export function visibleFailure(holds: Holds, reason: unknown, refused: unknown): string | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined;
  const known = reason === refused || [...knownFailures[holds], stalled].some((pattern) => pattern.test(reason));
  return known ? reason : 'not shown: it was not written by Session Queue';
}
