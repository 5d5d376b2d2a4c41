/**
 * Compares what was told with what the fake Learnosity has in its books.
 * @param {import('./story.mjs').Told} told
 * @param {string} consumerKey
 * @returns {import('../demo/verdict.mjs').Check[]}
 */
export function judgeErasure(told, consumerKey) {
  const { due, previewed, run, ownApproval, deletion, offline, resubmission, again, callsForAgain, books } = told;
  const wanted = new Set(due);
  const { counts, verification } = deletion;
  const deleted = Object.entries(books.perSession).filter(([, { deletedAt }]) => deletedAt !== null);
  const strangers = Object.entries(books.perSession).filter(([id, { calls }]) => calls > 0 && !wanted.has(id));
  const endpoints = Object.values(books.consumers[consumerKey] ?? {});
  const over = endpoints.filter(({ quota, mostInWindow }) => quota !== null && mostInWindow.received > quota);
  return [
    check('the preview is exactly what is due', wanted.size, previewed.filter((id) => wanted.has(id)).length),
    check('and nothing else', wanted.size, previewed.length),
    check('the rule asks for approval', 'approval_requested', run.state),
    check('who asked may not approve', 409, ownApproval),
    check('approved by', 'privacy-officer', deletion.approvedBy),
    check('the deletion is completed', 'completed', deletion.state),
    check('every session succeeded', wanted.size, counts.succeeded),
    check('every session is verified', wanted.size, counts.verified),
    check('none is still there', 0, verification.stillThere),
    check('in the books: each deleted', wanted.size, deleted.length),
    check('in the books: no session that nobody asked for', 0, strangers.length),
    check('no call over a quota, in any window', 0, over.length),
    check(
      'no call answered 429',
      0,
      endpoints.reduce((all, { refused429 }) => all + refused429, 0),
    ),
    check('offline: the certificate is genuine', 0, offline.certificate.code),
    check('offline: each previewed session is proven gone', 0, offline.sessions.code),
    check('offline: another session is not among them', 1, offline.stranger.code),
    check('offline: the journal is whole, and has its records', 0, offline.journal.code),
    check('offline: a changed number is found', 1, offline.tampered.code),
    check('a resubmission of a deleted session is refused', 'session_deleted', resubmission.code),
    check('a second deletion is already done', 1, again.counts.alreadyDeleted),
    check('and costs no call', 0, callsForAgain),
  ];
}

/**
 * @param {string} what
 * @param {string | number} expected
 * @param {string | number | undefined} found
 * @returns {import('../demo/verdict.mjs').Check}
 */
function check(what, expected, found) {
  const passed = expected === found;
  return { what, passed, found: passed ? String(found) : `${found}, expected ${expected}` };
}
