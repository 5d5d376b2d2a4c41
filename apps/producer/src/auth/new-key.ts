import { randomBytes } from 'node:crypto';
import { hashToken } from '@session-queue/core';
import { z } from 'zod';
import { keyFields } from './known-key.ts';

/** Nobody can guess so many, however fast. */
const tokenBytes = 32;

/** What is said of a new key. */
export const newKeySchema = z.strictObject(keyFields);

/** A new token, and the entry of `PRODUCER_API_KEYS_FILE` that knows it. The token is kept nowhere. */
export interface NewKey {
  token: string;
  entry: Record<string, unknown>;
}

/** Makes a key of 32 random bytes. */
export function newKey(fields: z.infer<typeof newKeySchema>): NewKey {
  const { name, expires, ...limits } = fields;
  // The prefix lets scanners of secrets find tokens that were committed by mistake.
  const token = `sq_${randomBytes(tokenBytes).toString('base64url')}`;
  const ends = expires === undefined ? {} : { expires: new Date(expires).toISOString() };
  return { token, entry: { name, hash: `sha256:${hashToken(token)}`, ...limits, ...ends } };
}
