import {
  type DeletionNotes,
  deletionNotesSchema,
  itemsField,
  type Kind,
  maxItemsPerRequest,
  maxSessionIdLength,
  maxSubmissionBytes,
  requestNotesSchema,
} from '@session-queue/core';
import { z } from 'zod';
import type { CompactItems } from '../items/compact-items.ts';
import { ItemList } from '../items/item-list.ts';
import { FaultList } from '../problems/field-faults.ts';

/** A request as it came in, checked. */
export interface Ask {
  kind: Kind;
  notes: DeletionNotes;
  /** Whose token asks; not a part of what was asked. */
  keyName?: string | undefined;
  items: CompactItems;
  ignoreResponseRevisions?: boolean;
}

// Zod looks at the list as a whole only: its items were looked at one by one while they were read.
const listOf = (item: Record<string, unknown>) =>
  z
    .custom<ItemList>((value) => value instanceof ItemList, 'must be a list of strings')
    .refine((items) => items.length > 0, { error: 'must hold at least one item', abort: true })
    .refine((items) => items.length <= maxItemsPerRequest, {
      error: `must hold at most ${maxItemsPerRequest} items`,
      abort: true,
    })
    // For the OpenAPI document, which cannot see into a custom check.
    .meta({ type: 'array', minItems: 1, maxItems: maxItemsPerRequest, items: { type: 'string', ...item } });

/** The body of `POST /v1/deletions`, without a look at the single items. */
export const deletionBodySchema = deletionNotesSchema.extend({
  sessionIds: listOf({ minLength: 1, maxLength: maxSessionIdLength }),
});

/** The body of `POST /v1/resubmissions`, without a look at the single items. */
export const resubmissionBodySchema = requestNotesSchema.extend({
  submissions: listOf({ minLength: 4, maxLength: maxSubmissionBytes, contentEncoding: 'base64' }),
  ignoreResponseRevisions: z.boolean('must be true or false').optional(),
});

/** Checks a body, with its items in an `ItemList`: every fault of every field and item in one 400. */
export function parseAsk(kind: Kind, body: unknown): Ask {
  return kind === 'deletion' ? parseDeletion(body) : parseResubmission(body);
}

function parseDeletion(body: unknown): Ask {
  const { sessionIds, ...notes } = parseBody(deletionBodySchema, body, itemsField.deletion);
  return { kind: 'deletion', notes, items: sessionIds.good };
}

function parseResubmission(body: unknown): Ask {
  const fields = parseBody(resubmissionBodySchema, body, itemsField.resubmission);
  const { submissions, ignoreResponseRevisions, ...notes } = fields;
  return {
    kind: 'resubmission',
    notes,
    items: submissions.good,
    ...(ignoreResponseRevisions === undefined ? {} : { ignoreResponseRevisions }),
  };
}

function parseBody<T>(schema: z.ZodType<T>, body: unknown, field: string): T {
  const faults = new FaultList();
  const parsed = schema.safeParse(body);
  if (!parsed.success) faults.addZod(parsed.error, 'body', schema);
  const items = itemsIn(body, field);
  if (items !== undefined) faults.append(items.faults);
  faults.throwIfAny();
  if (!parsed.success) throw parsed.error;
  return parsed.data;
}

/** The list, also where another field is wrong: all faults are named at once. */
function itemsIn(body: unknown, field: string): ItemList | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const items: unknown = Object.getOwnPropertyDescriptor(body, field)?.value;
  return items instanceof ItemList ? items : undefined;
}
