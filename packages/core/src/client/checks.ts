import { z } from 'zod';
import { type LegalHoldInput, legalHoldInputSchema } from '../legal-holds/legal-hold.ts';
import type { Approval } from '../requests/approval.ts';
import type { Why, WhyIfAny } from '../requests/control.ts';
import { itemFault, itemsField } from '../requests/items.ts';
import { Refusal } from '../requests/refusal.ts';
import {
  type DeletionNotes,
  type DeletionWishes,
  deletionNotesSchema,
  type Kind,
  personSchema,
  reasonSchema,
  requestNotesSchema,
} from '../requests/request.ts';
import { type ChosenSelection, chosenSelectionSchema, selectionInputSchema } from '../selections/selection.ts';
import type { AcceptOptions, Items } from './session-queue.ts';

const whySchema = z.strictObject({ reason: reasonSchema, by: personSchema.optional() });
const approvalSchema = z.strictObject({ reason: reasonSchema.optional(), by: personSchema });

/** Why something is changed, and by whom. Throws `Refusal`, as all checks here do: the same over Redis and HTTP. */
export function checkWhy(why: Why): Why {
  return parse(whySchema, why);
}

/** What is to be kept from deletion, and why. */
export function checkLegalHold({
  consumer,
  sessionIds,
  userId,
  activityId,
  reason,
  by,
}: LegalHoldInput): LegalHoldInput {
  const said = parse(legalHoldInputSchema, { consumer, sessionIds, userId, activityId, reason });
  return by === undefined ? said : { ...said, by: parse(personSchema, by) };
}

/** Who approves, and why. */
export function checkApproval(approval: Approval): Approval {
  return parse(approvalSchema, approval);
}

/** The same where nobody has to say why. */
export function checkWhyIfAny(why: WhyIfAny): WhyIfAny {
  return parse(whySchema.partial(), why);
}

export function checkNotes(kind: Kind, options: AcceptOptions & DeletionWishes): DeletionNotes {
  const { consumer, reason, requestedBy, notBefore, deadline, priority, callbackUrl } = options;
  const notes = { consumer, reason, requestedBy, notBefore, deadline, priority, callbackUrl };
  const { requireApproval, verify, force } = options;
  const wishes = { requireApproval, verify, force };
  if (kind === 'deletion') return parse(deletionNotesSchema, { ...notes, ...wishes });
  const [wish] = Object.entries(wishes).find(([, value]) => value !== undefined) ?? [];
  if (wish !== undefined) throw new Refusal('invalid', 'is for deletions only', { field: wish });
  return parse(requestNotesSchema, notes);
}

/** What is to be selected. */
export function checkSelection(input: unknown): z.infer<typeof selectionInputSchema> {
  return parse(selectionInputSchema, input);
}

/** Which selection is to be deleted. */
export function checkChosen({ selection, expectDigest, expectCount }: ChosenSelection): ChosenSelection {
  return parse(chosenSelectionSchema, { selection, expectDigest, expectCount });
}

/** Whether it can be gone through at all; the items are checked as they come. */
export function checkItems(kind: Kind, given: unknown): Items {
  if (isIterable(given)) return given;
  throw new Refusal('invalid', 'must be a list', { field: itemsField[kind] });
}

/** How much a page holds at most. */
export function checkLimit(limit: number, most: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new Refusal('invalid', `must be a whole number from 1 to ${most.toLocaleString('en')}`, { field: 'limit' });
}

/** Where a page of items goes on. */
export function checkPlace(next = '0'): number {
  const from = Number(next);
  if (Number.isSafeInteger(from) && from >= 0) return from;
  throw new Refusal('invalid', 'is not from this list', { field: 'next' });
}

/** A session to be looked for. */
export function checkSessionId(sessionId: string): void {
  const fault = itemFault('deletion', sessionId);
  if (fault !== undefined) throw new Refusal('invalid', fault, { field: 'sessionId' });
}

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal('invalid', issue?.message ?? 'is wrong', { field: issue?.path.join('.') ?? '' });
}

function isIterable(items: unknown): items is Items {
  return typeof items === 'object' && items !== null && (Symbol.iterator in items || Symbol.asyncIterator in items);
}
