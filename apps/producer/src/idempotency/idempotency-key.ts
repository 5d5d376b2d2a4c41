import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { callerOf } from '../auth/caller.ts';
import { Problem } from '../problems/problem.ts';

const visibleAscii = /^[\x21-\x7e]{1,255}$/;

/** The request's Idempotency-Key as the name of its record: one per caller, and of a fixed length. */
export function idempotencyNameOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined) return undefined;
  if (!visibleAscii.test(key)) {
    const reason = 'must be 1 to 255 visible ASCII characters';
    throw new Problem('invalid-request', `The Idempotency-Key ${reason}.`, {
      errors: [{ field: 'Idempotency-Key', reason }],
    });
  }
  // No caller's id holds a NUL, and none is another's: two of them never meet.
  return createHash('sha256')
    .update(`${callerOf(request).id}\0${key}`)
    .digest('hex');
}
