import { createHash } from 'node:crypto';

/** @typedef {import('./books.mjs').Books} Books */
/** @typedef {import('./input.mjs').Input} Input */
/** @typedef {import('./producer-api.mjs').RequestView} RequestView */

/**
 * @typedef {object} Check
 * @property {string} what
 * @property {boolean} passed
 * @property {string} found
 */

/**
 * Compares what was asked for with what the system says and with what the fake Learnosity has in its books.
 * @param {object} evidence
 * @param {Input} evidence.input
 * @param {RequestView} evidence.deletion
 * @param {RequestView} evidence.resubmission
 * @param {Books} evidence.books
 * @param {string} evidence.consumerKey
 * @returns {Check[]}
 */
export function judge({ input, deletion, resubmission, books, consumerKey }) {
  return [
    ...judgeDeletion(input, deletion, books),
    ...judgeResubmission(input, resubmission, books),
    ...judgeCalls(books, consumerKey),
  ];
}

/**
 * @param {Input} input
 * @param {RequestView} view
 * @param {Books} books
 * @returns {Check[]}
 */
function judgeDeletion(input, view, books) {
  const asked = new Set(input.sessionIds);
  const { counts } = view;
  const existing = [...asked].filter((id) => !input.gone.has(id));
  const deletedOnce = existing.filter((id) => {
    const book = books.perSession[id];
    return book?.calls === 1 && book.deletedAt !== null;
  });
  const strangers = Object.entries(books.perSession).filter(([id, { calls }]) => calls > 0 && !asked.has(id));
  const askedGone = [...asked].filter((id) => input.gone.has(id));
  return [
    check('the deletion is completed', 'completed', view.state),
    check(
      'every row is accounted for: items and duplicates',
      input.sessionIds.length,
      counts.total + counts.duplicates,
    ),
    check('each session id is one item', asked.size, counts.total),
    check('every item succeeded', asked.size, counts.succeeded),
    check('those already gone are known as absent', askedGone.length, counts.absent),
    check('in the books: each session that was there deleted, in one call', existing.length, deletedOnce.length),
    check('in the books: no session that nobody asked for', 0, strangers.length),
  ];
}

/**
 * @param {Input} input
 * @param {RequestView} view
 * @param {Books} books
 * @returns {Check[]}
 */
function judgeResubmission(input, view, books) {
  const asked = new Set(input.submissions.map((text) => createHash('sha256').update(text).digest('hex')));
  const storedOnce = [...asked].filter((hash) => {
    const book = books.perSubmission[hash];
    return book?.calls === 1 && book.stored === 1;
  });
  const strangers = Object.keys(books.perSubmission).filter((hash) => !asked.has(hash));
  return [
    check('the resubmission is completed', 'completed', view.state),
    check('every submission succeeded', input.submissions.length, view.counts.succeeded),
    check('in the books: each submission stored, in one call', asked.size, storedOnce.length),
    check('in the books: no submission that nobody sent', 0, strangers.length),
  ];
}

/**
 * @param {Books} books
 * @param {string} consumerKey
 * @returns {Check[]}
 */
function judgeCalls(books, consumerKey) {
  const calls = Object.values(books.consumers[consumerKey] ?? {});
  const over = calls.filter(({ quota, mostInWindow }) => quota !== null && mostInWindow.received > quota);
  const refused = calls.reduce((all, { refused429 }) => all + refused429, 0);
  return [
    check('no call over a quota, in any window', 0, over.length),
    check('no call answered 429', 0, refused),
    check('no call that Learnosity could make nothing of', 0, books.strays.received),
  ];
}

/**
 * @param {string} what
 * @param {string | number} expected
 * @param {string | number} found
 * @returns {Check}
 */
function check(what, expected, found) {
  const passed = expected === found;
  return { what, passed, found: passed ? readable(found) : `${readable(found)}, expected ${readable(expected)}` };
}

/** @param {string | number} value */
function readable(value) {
  return typeof value === 'number' ? value.toLocaleString('en') : value;
}
