import { createHash, createHmac, randomBytes } from 'node:crypto';

export const saltBytes = 32;
export const leafBytes = 32;

/** Of one certificate. Without it nobody can tell whether a leaf is some session's, or the same as in another certificate. */
export function newSalt(): Buffer {
  return randomBytes(saltBytes);
}

/** What stands for a session: HMAC-SHA-256 of its id, as it was given, under the salt. */
export function saltedLeaf(salt: Buffer, sessionId: string): Buffer {
  return createHmac('sha256', salt).update(sessionId).digest();
}

/** Fixes a salt and does not tell it. */
export function saltDigestOf(salt: Buffer): string {
  return createHash('sha256').update(salt).digest('hex');
}
