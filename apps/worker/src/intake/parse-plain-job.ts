import {
  type DeletionNotes,
  type DeletionWishes,
  defaultConsumer,
  deletionNotesSchema,
  itemFault,
  type Kind,
  maxItemsPerPlainJob,
  maxPlainJobBytes,
  maxSessionIdLength,
  maxSubmissionBytes,
  requestNotesSchema,
} from '@session-queue/core';
import { z } from 'zod';

// Items are looked at one by one, so that a fault names the first; the rest is for the JSON Schema of jobs.
const listOf = (item: Record<string, unknown>) =>
  z
    .array(z.unknown(), 'must be a list of strings')
    .meta({ minItems: 1, maxItems: maxItemsPerPlainJob, items: { type: 'string', ...item } });
/** What others put into a plain job. */
export const jobDataSchema = {
  deletion: deletionNotesSchema.extend({ sessionIds: listOf({ minLength: 1, maxLength: maxSessionIdLength }) }),
  resubmission: requestNotesSchema.extend({
    submissions: listOf({ minLength: 4, maxLength: maxSubmissionBytes, contentEncoding: 'base64' }),
    ignoreResponseRevisions: z.boolean('must be true or false').optional(),
  }),
};
/** The request's id that a job which BullMQ numbered gets from us. */
const request = z.uuid().optional();
const plainSchema = {
  deletion: jobDataSchema.deletion.extend({ request }),
  resubmission: jobDataSchema.resubmission.extend({ request }),
};

/** What a plain job asks for, checked. */
export interface PlainRequest {
  consumer: string;
  items: string[];
  ignoring: boolean;
  request: string | undefined;
  notes: Omit<DeletionNotes, 'consumer'>;
}

/** Checks a plain job's data; answers with what is wrong first, naming field and index and never a value. */
export function parsePlainJob(kind: Kind, data: unknown): PlainRequest | { fault: string } {
  if (Buffer.byteLength(JSON.stringify(data ?? null)) > maxPlainJobBytes)
    return { fault: 'data: must be at most 8 MB' };
  const parsed = plainSchema[kind].safeParse(data);
  if (!parsed.success) {
    const { path = [], message = 'is wrong', ...issue } = parsed.error.issues[0] ?? {};
    const said = 'keys' in issue && Array.isArray(issue.keys) ? unknownFields(issue.keys) : message;
    return { fault: `${path.join('.') || 'data'}: ${said}` };
  }
  const list = 'sessionIds' in parsed.data ? parsed.data.sessionIds : parsed.data.submissions;
  const field = kind === 'deletion' ? 'sessionIds' : 'submissions';
  if (list.length === 0) return { fault: `${field}: must hold at least one item` };
  if (list.length > maxItemsPerPlainJob)
    return { fault: `${field}: must hold at most 5,000 items; larger requests go over HTTP or the library` };
  const items: string[] = [];
  for (const [index, item] of list.entries()) {
    const fault = itemFault(kind, item);
    if (fault !== undefined) return { fault: `${field}[${index}]: ${fault}` };
    items.push(String(item));
  }
  const { consumer = defaultConsumer, request, reason, requestedBy, ...when } = parsed.data;
  const { notBefore, deadline, priority, callbackUrl } = when;
  const ignoring = 'ignoreResponseRevisions' in parsed.data && parsed.data.ignoreResponseRevisions === true;
  const wishes: DeletionWishes = {};
  if ('sessionIds' in parsed.data) {
    const { requireApproval, verify, force } = parsed.data;
    Object.assign(wishes, { requireApproval, verify, force });
  }
  const notes = { reason, requestedBy, notBefore, deadline, priority, callbackUrl, ...wishes };
  return { consumer, items, ignoring, request, notes };
}

/** A field is named where its name looks like one; anything else might be an item in the wrong place. */
function unknownFields(names: unknown[]): string {
  const sayable = names.filter((name) => typeof name === 'string' && /^[A-Za-z_]{1,40}$/.test(name));
  const rest = names.length - sayable.length;
  return `has unknown fields: ${[...sayable, ...(rest > 0 ? [`${rest} more`] : [])].join(', ')}`;
}
