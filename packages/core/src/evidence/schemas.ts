import { z } from 'zod';
import { personSchema, reasonSchema } from '../requests/request.ts';

/** SHA-256 in hex. */
export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
/** The first 8 bytes of SHA-256 over a public key's SPKI, in hex. */
export const keyIdSchema = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hex digits');
/** An Ed25519 signature in base64. */
export const signatureSchema = z.string().regex(/^[A-Za-z0-9+/]{86}==$/, 'must be 64 bytes in base64');
/** Redis's time in ISO 8601, UTC. */
export const timeSchema = z.iso.datetime();
export const countSchema = z.int().min(0);

/** An id of a request, a batch or a job: public, and never a session's. */
export const publicIdSchema = z
  .string()
  .regex(/^\P{Cc}{1,255}$/u)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** Who asked, by the name of which key, and why: as the request has it. */
export const askerShape = {
  requestedBy: personSchema.optional(),
  keyName: personSchema.optional(),
  reason: reasonSchema.optional(),
};

/** A place in the chain: the number of a record, and the hash that covers it and all before it. */
export const headSchema = z.strictObject({ sequence: countSchema, hash: hashSchema });

/** The first fault of a value in words: where and what, never the value. */
export function faultOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.map(String).filter((part) => /^\w{1,40}$/.test(part)) ?? [];
  const reason =
    issue?.code === 'unrecognized_keys' ? 'holds a field that is not known' : (issue?.message ?? 'is wrong');
  return place.length === 0 ? reason : `${place.join('.')}: ${reason}`;
}
