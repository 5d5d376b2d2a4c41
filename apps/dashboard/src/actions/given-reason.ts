import { reasonSchema } from '@session-queue/core';
import { z } from 'zod';

const schema = z.string().trim().min(3, 'is too short: say in 3 characters or more why').pipe(reasonSchema);

/** Why somebody does something, as they typed it; `problem` says what is wrong with that. */
export function givenReason(typed: unknown): { reason: string; problem?: string } {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return { reason: parsed.data };
  const reason = typeof typed === 'string' ? typed : '';
  return { reason, problem: `The reason ${parsed.error.issues[0]?.message ?? 'is missing'}. Nothing was done.` };
}
