/**
 * Why something about evidence was not done.
 * - `bad_key`: a text holds no Ed25519 key, or the wrong half of a pair
 * - `bad_record`: what was to be written is no record of the journal, or is no certificate
 * - `not_next`: entries do not follow those that are archived: bring the missing ones first
 * - `archive_taken`: another writer has the archive, or has taken it over
 * - `archive_damaged`: what lies there is no journal: verify it, and restore the file from a copy
 * - `archive_failed`: the disk or the store refused, or did not answer: mend it and open the archive again
 * - `archive_unfit`: the store would let what is archived be overwritten: take another one
 */
export type EvidenceErrorCode =
  | 'bad_key'
  | 'bad_record'
  | 'not_next'
  | 'archive_taken'
  | 'archive_damaged'
  | 'archive_failed'
  | 'archive_unfit';

/** Its message never holds an item, a key or a record's content. */
export class EvidenceError extends Error {
  override readonly name = 'EvidenceError';
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
