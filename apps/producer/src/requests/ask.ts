import {
  type Kind,
  maxItemsPerRequest,
  maxSessionIdLength,
  maxSubmissionBytes,
  type RequestNotes,
  requestNotesSchema,
} from '@session-queue/core';
import { z } from 'zod';
import { FaultList } from '../problems/field-faults.ts';
import { checkItems } from './check-items.ts';

/** A request as it came in, checked. */
export interface Ask {
  kind: Kind;
  notes: RequestNotes;
  items: readonly string[];
  ignoreResponseRevisions?: boolean;
}

// Zod looks at the list as a whole only: its look at a million items one by one takes seconds.
const listOf = (item: Record<string, unknown>) =>
  z
    .custom<unknown[]>((value) => Array.isArray(value), 'must be a list of strings')
    .refine((items) => items.length > 0, { error: 'must hold at least one item', abort: true })
    .refine((items) => items.length <= maxItemsPerRequest, {
      error: `must hold at most ${maxItemsPerRequest} items`,
      abort: true,
    })
    // For the OpenAPI document, which cannot see into a custom check.
    .meta({ type: 'array', minItems: 1, maxItems: maxItemsPerRequest, items: { type: 'string', ...item } });

/** The body of `POST /v1/deletions`, without a look at the single items. */
export const deletionBodySchema = requestNotesSchema.extend({
  sessionIds: listOf({ minLength: 1, maxLength: maxSessionIdLength }),
});

/** The body of `POST /v1/resubmissions`, without a look at the single items. */
export const resubmissionBodySchema = requestNotesSchema.extend({
  submissions: listOf({ minLength: 4, maxLength: maxSubmissionBytes, contentEncoding: 'base64' }),
  ignoreResponseRevisions: z.boolean('must be true or false').optional(),
});

/** Checks a body whole: every fault of every field and item in one 400. */
export function parseAsk(kind: Kind, body: unknown): Ask {
  return kind === 'deletion' ? parseDeletion(body) : parseResubmission(body);
}

function parseDeletion(body: unknown): Ask {
  const { fields, items } = parseBody(deletionBodySchema, body, { kind: 'deletion', field: 'sessionIds' });
  const { sessionIds: _, ...notes } = fields;
  return { kind: 'deletion', notes, items };
}

function parseResubmission(body: unknown): Ask {
  const { fields, items } = parseBody(resubmissionBodySchema, body, { kind: 'resubmission', field: 'submissions' });
  const { submissions: _, ignoreResponseRevisions, ...notes } = fields;
  return {
    kind: 'resubmission',
    notes,
    items,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  };
}

function parseBody<T>(
  schema: z.ZodType<T>,
  body: unknown,
  list: { kind: Kind; field: string },
): { fields: T; items: readonly string[] } {
  const faults = new FaultList();
  const parsed = schema.safeParse(body);
  if (!parsed.success) faults.addZod(parsed.error);
  const items = checkItems(list.kind, list.field, itemsIn(body, list.field), faults);
  faults.throwIfAny();
  if (!parsed.success) throw parsed.error;
  return { fields: parsed.data, items };
}

/** The list, also where another field is wrong: all faults are named at once. */
function itemsIn(body: unknown, field: string): readonly unknown[] {
  if (typeof body !== 'object' || body === null) return [];
  const items: unknown = Object.getOwnPropertyDescriptor(body, field)?.value;
  return Array.isArray(items) ? items : [];
}
