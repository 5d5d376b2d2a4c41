import { z } from 'zod';
import { maxItemsPerCall } from '../../learnosity/learnosity-client.ts';
import { heldThingSchema } from '../../legal-holds/held-thing.ts';
import { consumerNameSchema, kindSchema, personSchema, reasonSchema } from '../../requests/request.ts';
import {
  askerShape,
  countSchema,
  hashSchema,
  keyIdSchema,
  publicIdSchema,
  signatureSchema,
  timeSchema,
} from '../schemas.ts';
import { ruleFactsShape } from './rule-facts.ts';

const request = publicIdSchema;
const lane = { kind: kindSchema, consumer: consumerNameSchema };

/** A batch has at most 50 items, and so at most 50 requests. */
const sharesOf = <T extends z.ZodType>(share: T) => z.array(share).min(1).max(maxItemsPerCall);

/** Salted leaves of sessions that are gone, 32 bytes each, one behind the other in base64. */
const leavesSchema = z
  .base64()
  .max(4 * Math.ceil((32 * maxItemsPerCall) / 3))
  .refine((text) => Buffer.byteLength(text, 'base64') % 32 === 0, 'must hold leaves of 32 bytes');

const holdShape = {
  hold: publicIdSchema,
  consumer: consumerNameSchema,
  on: heldThingSchema,
  by: personSchema.optional(),
  reason: reasonSchema,
};

const ruleShape = { rule: publicIdSchema, consumer: consumerNameSchema, by: personSchema.optional() };

function eventOf<Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.strictObject({ sequence: z.int().min(1), at: timeSchema, event: z.literal(name), ...shape });
}

/**
 * A record of the journal: what happened, when, and its number, from 1 without gaps. Never an item: a session stands
 * here as a salted leaf only.
 */
export const recordSchema = z.discriminatedUnion('event', [
  eventOf('request-accepted', { request, ...lane, ...askerShape }),
  /**
   * Count and digest are fixed. `digest` is HMAC-SHA-256 of the request's own under its salt: a bare one would tell of a guessed item.
   * `selectionDigest` is the selection's as it was confirmed, and bare, so that whoever confirmed it knows it again.
   */
  eventOf('request-sealed', {
    request,
    items: countSchema,
    duplicates: countSchema,
    digest: hashSchema.optional(),
    selection: publicIdSchema.optional(),
    selectionDigest: hashSchema.optional(),
  }),
  eventOf('request-approved', { request, by: personSchema, reason: reasonSchema.optional() }),
  /** Nothing of it was sent, and nothing will be: its end follows. */
  eventOf('request-revoked', { request, by: personSchema.optional(), reason: reasonSchema }),
  eventOf('batch-sent', {
    batch: publicIdSchema,
    ...lane,
    reference: publicIdSchema.optional(),
    attempt: z.int().min(1),
    shares: sharesOf(z.strictObject({ request, items: z.int().min(1) })),
  }),
  /** Settled: `reference` is Learnosity's for the job. `absent` items were gone before, and are among `succeeded`. */
  eventOf('batch-completed', {
    batch: publicIdSchema,
    ...lane,
    reference: publicIdSchema.optional(),
    shares: sharesOf(
      z.strictObject({
        request,
        succeeded: countSchema,
        absent: countSchema,
        failed: countSchema,
        cancelled: countSchema,
        parked: countSchema,
        leaves: leavesSchema.optional(),
      }),
    ),
  }),
  /** `root` covers the leaves of all sessions that are gone, in the order of their batches. */
  eventOf('request-ended', {
    request,
    state: z.enum(['completed', 'failed', 'cancelled']),
    total: countSchema,
    succeeded: countSchema,
    failed: countSchema,
    cancelled: countSchema,
    root: hashSchema.optional(),
  }),
  /** Learnosity was asked for `checked` sessions of the request; it still knew `present` of them. */
  eventOf('request-verified', { request, checked: countSchema, present: countSchema }),
  /** Sessions, or all of a user or an activity, are never deleted from now on; of those that were named `sessions` says how many. Never which. */
  eventOf('legal-hold-placed', { ...holdShape, sessions: countSchema.optional() }),
  /** They may be deleted again, unless another hold has them; `sessions` were held. */
  eventOf('legal-hold-lifted', { ...holdShape, sessions: countSchema }),
  /** Nothing of a kind is sent from now on, of whatever consumer; what had begun goes on to its end. In the journal of each consumer, of deletions. */
  eventOf('kind-stopped', { kind: kindSchema, by: personSchema.optional(), reason: reasonSchema }),
  eventOf('kind-started', { kind: kindSchema, by: personSchema.optional(), reason: reasonSchema.optional() }),
  /** A retention rule as it was made, and as it is after a change: all of it but the ids that its filter names. */
  eventOf('rule-set', { ...ruleShape, ...ruleFactsShape }),
  eventOf('rule-changed', { ...ruleShape, ...ruleFactsShape }),
  eventOf('rule-removed', ruleShape),
  /** Signs the record before it, and so all before it. */
  eventOf('checkpoint', { keyId: keyIdSchema, signature: signatureSchema }),
]);
export type JournalRecord = z.infer<typeof recordSchema>;

type WithoutSequence<T> = T extends unknown ? Omit<T, 'sequence'> : never;

/** A record before it has its number. */
export type JournalEvent = WithoutSequence<JournalRecord>;
