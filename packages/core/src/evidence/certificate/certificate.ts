import { z } from 'zod';
import {
  consumerNameSchema,
  kindSchema,
  maxItemsPerRequest,
  personSchema,
  reasonSchema,
} from '../../requests/request.ts';
import { leafBytes, saltBytes } from '../merkle/salted-leaf.ts';
import {
  askerShape,
  countSchema,
  hashSchema,
  headSchema,
  keyIdSchema,
  publicIdSchema,
  signatureSchema,
  timeSchema,
} from '../schemas.ts';

/** Most leaves that a certificate carries itself: 427 kB in base64. Those of more are a file beside it, or a proof for each session. */
export const maxCarriedLeaves = 10_000;

const saltSchema = base64Of((bytes) => bytes === saltBytes, 'must hold 32 bytes');

/** What else is noted as a code is told as `other`. */
export const failureCodeSchema = z.string().regex(/^[\w-]{1,64}$/, 'must be a code');

const factsShape = {
  request: z.strictObject({
    id: publicIdSchema,
    kind: kindSchema,
    consumer: consumerNameSchema,
    ...askerShape,
    selection: publicIdSchema.optional(),
    /** The selection's as it was confirmed: SHA-256 over its sessions in their order, each ended by a line feed. */
    selectionDigest: hashSchema.optional(),
    approvedBy: z.array(personSchema).max(10).optional(),
    approvedAt: timeSchema.optional(),
    approvalReason: reasonSchema.optional(),
    /** Before anything of it was sent. */
    revoked: z.strictObject({ at: timeSchema, by: personSchema.optional(), reason: reasonSchema }).optional(),
  }),
  state: z.enum(['completed', 'failed', 'cancelled']),
  times: z.strictObject({
    accepted: timeSchema,
    firstSent: timeSchema.optional(),
    lastCompleted: timeSchema.optional(),
    ended: timeSchema,
    /** By when it was to be done. */
    deadline: timeSchema.optional(),
  }),
  /** `absent` items were gone before, `alreadyDeleted` ones deleted by an earlier request: both are among `succeeded`; `resent` ones went out again after an unknown outcome. */
  counts: z.strictObject({
    total: countSchema.max(maxItemsPerRequest),
    duplicates: countSchema,
    succeeded: countSchema,
    absent: countSchema,
    alreadyDeleted: countSchema.optional(),
    failed: countSchema,
    cancelled: countSchema,
    parked: countSchema,
    resent: countSchema,
  }),
  /** Why sessions failed, by the code that `items` has of each: `legal_hold`, or Learnosity's. */
  failures: z
    .array(z.strictObject({ code: failureCodeSchema, sessions: countSchema }))
    .max(100)
    .optional(),
  /** Learnosity was asked afterwards for `checked` of the sessions; it still knew `present` of them. */
  verification: z.strictObject({ at: timeSchema, checked: countSchema, present: countSchema }).optional(),
  /** Where the journal has the acceptance and the end. */
  journal: z.strictObject({ accepted: headSchema, ended: headSchema }),
  issuedAt: timeSchema,
};

/** What a certificate says, before it is signed. */
export type CertificateFacts = z.infer<z.ZodObject<typeof factsShape>>;

/** What is signed: all but the signature and the leaves, for which the root stands. */
const signedShape = {
  version: z.literal(1),
  ...factsShape,
  /** Of a deletion: how many sessions are gone, and the root over their salted leaves. */
  gone: z.strictObject({ count: countSchema, root: hashSchema, saltDigest: hashSchema }).optional(),
  keyId: keyIdSchema,
};

/** What a session is looked for in. Without it a certificate stays valid, and says nothing of any session. */
const leavesSchema = z.strictObject({
  salt: saltSchema,
  list: base64Of((bytes) => bytes % leafBytes === 0 && bytes <= leafBytes * maxCarriedLeaves, 'must hold whole leaves'),
});

export const certificateSchema = z
  .strictObject({ ...signedShape, signature: signatureSchema, leaves: leavesSchema.optional() })
  .refine(({ counts: { total, succeeded, failed, cancelled, parked } }) => {
    return total === succeeded + failed + cancelled + parked;
  }, 'the counts must add up to the total')
  .refine(
    ({ counts: { absent, alreadyDeleted = 0, succeeded } }) => absent + alreadyDeleted <= succeeded,
    'no more can be absent, or deleted before, than succeeded',
  )
  .refine(
    ({ failures = [], counts: { failed } }) => failures.reduce((sum, { sessions }) => sum + sessions, 0) <= failed,
    'no more can fail for a reason than failed',
  )
  .refine(({ request, gone }) => (request.kind === 'deletion') === (gone !== undefined), 'only a deletion has `gone`')
  .refine(({ gone, counts }) => gone === undefined || gone.count === counts.succeeded, 'as many are gone as succeeded')
  .refine(({ gone, leaves }) => leaves === undefined || gone !== undefined, 'leaves belong to `gone`')
  .refine(
    ({ verification: found }) => found === undefined || found.present <= found.checked,
    'present are some of the checked',
  );
export type Certificate = z.infer<typeof certificateSchema>;

/** Shows that one session is among those that are gone, to whoever knows its id. */
export const deletionProofSchema = z.strictObject({
  salt: saltSchema,
  index: countSchema,
  path: z.array(hashSchema).max(Math.ceil(Math.log2(maxItemsPerRequest))),
});
export type DeletionProof = z.infer<typeof deletionProofSchema>;

/** The part that is signed. */
export function signedPart({
  signature: _signature,
  leaves: _leaves,
  ...part
}: {
  signature: string;
  leaves?: unknown;
}): object {
  return part;
}

function base64Of(isRight: (bytes: number) => boolean, message: string) {
  return z.base64().refine((text) => isRight(Buffer.byteLength(text, 'base64')), message);
}
