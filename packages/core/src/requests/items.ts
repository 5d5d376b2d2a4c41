import type { Kind } from './request.ts';

/** The field that holds a kind's items in HTTP bodies and plain jobs. */
export const itemsField = { deletion: 'sessionIds', resubmission: 'submissions' } as const satisfies Record<
  Kind,
  string
>;

/** Greatest length of a session id, in characters. */
export const maxSessionIdLength = 255;
/** Greatest size of a failed submission as sent (base64), in bytes. */
export const maxSubmissionBytes = 2 * 1024 * 1024;

/** Whether a source handed over some items at once. */
export function isList(next: string | readonly string[]): next is readonly string[] {
  return Array.isArray(next);
}

const controlCharacter = /\p{Cc}/u;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Says what is wrong with an item, without repeating it; `undefined` when it is good. */
export function itemFault(kind: Kind, value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.length === 0) return 'must not be empty';
  return kind === 'deletion' ? sessionIdFault(value) : submissionFault(value);
}

function sessionIdFault(id: string): string | undefined {
  if (id.length > maxSessionIdLength) return `must be at most ${maxSessionIdLength} characters`;
  if (controlCharacter.test(id)) return 'must hold no control characters';
  if (!id.isWellFormed()) return 'must be well-formed Unicode';
  return undefined;
}

function submissionFault(submission: string): string | undefined {
  if (submission.length > maxSubmissionBytes) return 'must be at most 2 MB (2,097,152 bytes) as sent';
  if (!base64.test(submission) || submission.length % 4 !== 0) return 'must be base64 (RFC 4648, padded)';
  return undefined;
}
