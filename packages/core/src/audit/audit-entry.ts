import { z } from 'zod';

/** `begun`: announced, and the process ended before it could say more: it may have been done or not. */
export const auditOutcomes = ['begun', 'done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

const text = z.string();

/** What stands in the stream, beside the entry's own id. Never an item, a password or a token. */
const fieldsSchema = z.object({
  /** Chosen by whoever writes, so that the same write twice is one entry. */
  id: text,
  action: text,
  outcome: z.enum(auditOutcomes),
  /** When it was begun, in ISO 8601. */
  at: text,
  who: text.optional(),
  role: text.optional(),
  address: text.optional(),
  /** On what: a request's id, a lane, a kind, a queue, a job. */
  target: text.optional(),
  /** Why, as the person said. */
  reason: text.optional(),
  /** Why it was refused or failed. */
  detail: text.optional(),
  /** By which way, where it was not a page of ours: Bull Board, an issuer. */
  way: text.optional(),
});
export type AuditFields = z.infer<typeof fieldsSchema>;

/** An entry as it is read: `place` is its id in the stream, by which pages go on. */
export interface AuditEntry extends AuditFields {
  place: string;
}

/** An entry that this version cannot read is left out: an older or newer one wrote it. */
export function parseEntry([place, flat]: [string, string[]]): AuditEntry | undefined {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]]] : []));
  const parsed = fieldsSchema.safeParse(Object.fromEntries(pairs));
  return parsed.success ? { place, ...parsed.data } : undefined;
}

/** Fields and values in a row; what is absent is left out. */
export function flatFields(fields: Partial<AuditFields>): string[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}
