import { Failure } from '../failure.mjs';

/**
 * One consumer's calls to one endpoint, as the fake has counted them. Times are epoch milliseconds.
 * @typedef {object} CallBook
 * @property {number} received
 * @property {number} counted calls that took a place in the quota
 * @property {number} accepted calls that had their effect
 * @property {number} refused429
 * @property {Record<string, number>} refused
 * @property {number | null} quota
 * @property {number} windowMs
 * @property {{ received: number, counted: number }} mostInWindow
 * @property {number | null} firstArrival
 * @property {number | null} lastArrival
 */

/**
 * What the fake says of everything it was sent.
 * @typedef {object} Books
 * @property {Record<string, Record<'deletion' | 'resubmission' | 'jobs' | 'metadata', CallBook>>} consumers
 * @property {{ received: number }} strays
 * @property {Record<string, { calls: number, deletedAt: number | null }>} perSession
 * @property {Record<string, { calls: number, stored: number }>} perSubmission by SHA-256 of the base64 text
 */

/**
 * @param {string} fakeUrl
 * @returns {Promise<Books>}
 */
export async function readBooks(fakeUrl) {
  const response = await fetch(`${fakeUrl}/__books?items=1`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Failure(`The fake Learnosity shows no books: ${response.status}`);
  return JSON.parse(await response.text());
}

/**
 * The calls made as a share of the calls allowed, in percent, between the first call and the last. The first window's
 * calls are free from the start, so what counts is the pace after them.
 * @param {CallBook} book
 * @returns {number | undefined} nothing for fewer calls than a window holds
 */
export function quotaUsed({ counted, quota, windowMs, firstArrival, lastArrival }) {
  if (quota === null || firstArrival === null || lastArrival === null) return undefined;
  const spanMs = lastArrival - firstArrival;
  if (counted <= quota || spanMs <= 0) return undefined;
  return (100 * (counted - quota) * windowMs) / (quota * spanMs);
}
