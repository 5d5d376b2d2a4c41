import { bold, green, red } from '../terminal/style.mjs';
import { quotaUsed } from './books.mjs';

/** @typedef {import('./books.mjs').Books} Books */
/** @typedef {import('./producer-api.mjs').RequestView} RequestView */

/**
 * The summary in lines: what the system says of both requests, and what the calls were.
 * @param {object} facts
 * @param {RequestView} facts.deletion
 * @param {RequestView} facts.resubmission
 * @param {Books} facts.books
 * @param {string} facts.consumerKey
 */
export function summaryLines({ deletion, resubmission, books, consumerKey }) {
  const calls = books.consumers[consumerKey];
  if (calls === undefined) return ['The fake Learnosity saw no call of the demo.'];
  const used = quotaUsed(calls.deletion);
  return [
    `Deletion       ${outcome(deletion)}`,
    `               ${callText(calls.deletion)}${used === undefined ? '' : `, ${used.toFixed(1)} % of the quota used`}`,
    `Resubmission   ${outcome(resubmission)}`,
    `               ${callText(calls.resubmission)}`,
    `Following jobs ${calls.jobs.received.toLocaleString('en')} calls`,
  ];
}

/** @param {RequestView} view */
function outcome({ state, counts, createdAt, finishedAt }) {
  const parts = [
    `${state}: ${counts.succeeded.toLocaleString('en')} of ${counts.total.toLocaleString('en')} items succeeded`,
    ...(counts.absent > 0 ? [`${counts.absent} of them were already gone`] : []),
    ...(counts.duplicates > 0 ? [`${counts.duplicates} duplicates left out`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(finishedAt === undefined
      ? []
      : [`in ${((Date.parse(finishedAt) - Date.parse(createdAt)) / 1_000).toFixed(1)} s`]),
  ];
  return parts.join(', ');
}

/** @param {import('./books.mjs').CallBook} book */
function callText({ received, refused, refused429, quota, windowMs, mostInWindow }) {
  const reasons = Object.entries(refused).map(([reason, count]) => `, ${count} refused with ${reason}`);
  const most = `at most ${mostInWindow.received} in any ${windowMs / 1_000} s (quota ${quota ?? 'none'})`;
  return `${received} calls, ${most}, ${refused429} answered 429${reasons.join('')}`;
}

/** @param {import('./verdict.mjs').Check} check */
export function checkLine({ what, passed, found }) {
  return `${passed ? green('PASS') : bold(red('FAIL'))}  ${what} ${passed ? `(${found})` : `- found ${found}`}`;
}
