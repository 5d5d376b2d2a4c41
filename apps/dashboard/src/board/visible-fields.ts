import { consumerNameSchema, ruleNameSchema } from '@session-queue/core';
import { z } from 'zod';

const amount = z.number().finite();
const identifier = z.string().min(1).max(255);
const text = z.string().max(500);
const word = z.string().regex(/^[a-z]{1,20}$/);

/** How many items are where, as a request's progress and result carry it. */
const counts = {
  total: amount,
  duplicates: amount,
  pending: amount,
  claimed: amount,
  submitted: amount,
  parked: amount,
  succeeded: amount,
  absent: amount,
  alreadyDeleted: amount,
  failed: amount,
  cancelled: amount,
  resent: amount,
  verified: amount,
  unverifiable: amount,
  stillThere: amount,
};

/** What the jobs of requests hold, as services and intake write it. */
const requestFields = {
  ...counts,
  request: identifier,
  consumer: consumerNameSchema,
  state: word,
  reason: text,
  requestedBy: text,
  refused: text,
  waitsFor: text,
  ignoreResponseRevisions: z.boolean(),
};

/** What the jobs of batches hold; only workers write them. */
const batchFields = {
  ...counts,
  consumer: consumerNameSchema,
  state: word,
  record: word,
  requests: z.array(identifier).max(50),
  splitInto: z.array(identifier).max(50),
  jobReference: identifier,
  attempts: amount,
  ignoreResponseRevisions: z.boolean(),
};

/** What the jobs of callbacks hold. The receiver's URL may hold a token: it stands in the request's record alone. */
const callbackFields = {
  request: identifier,
  consumer: consumerNameSchema,
  finishedAt: z.iso.datetime(),
  outcome: z.enum(['delivered', 'delivered before', 'outdated']),
  status: z.int().min(100).max(599),
};

/** What the jobs of rules hold: which one, and of a run when it was due. What it selects stands in its record alone. */
const ruleFields = {
  rule: ruleNameSchema,
  moment: amount,
};

/** What the jobs of a queue stand for. */
export type Holds = 'requests' | 'batches' | 'callbacks' | 'rules';

export type VisibleFields = Readonly<Record<string, z.ZodType>>;

/** Which fields of a job may be seen, by what its queue holds. */
export const visibleIn: Readonly<Record<Holds, VisibleFields>> = {
  requests: requestFields,
  batches: batchFields,
  callbacks: callbackFields,
  rules: ruleFields,
};

/** Fields that hold what nobody may see here; how many there are is told. */
const itemFields: ReadonlySet<string> = new Set(['sessionIds', 'submissions', 'items']);

/**
 * What may be seen of a job's data, progress or result. Only fields that are known, with values that are as they should
 * be; of items how many, of everything else that something is there (invariant 9).
 */
export function visibleFields(fields: VisibleFields, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (typeof value !== 'object' || Array.isArray(value)) return hidden(value);
  const seen: Record<string, unknown> = {};
  let others = 0;
  for (const [name, content] of Object.entries(value)) {
    if (itemFields.has(name)) seen[name] = typeof content === 'number' ? content : hidden(content);
    else if (Object.hasOwn(fields, name) && fields[name]?.safeParse(content).success) seen[name] = content;
    else if (content !== undefined) others += 1;
  }
  return others === 0 ? seen : { ...seen, otherFields: `${others}, not shown` };
}

/** The progress of a job, with the percentage where Bull Board looks for it. */
export function visibleProgress(fields: VisibleFields, value: unknown): unknown {
  if (typeof value === 'number') return value;
  const seen = visibleFields(fields, value);
  if (typeof seen !== 'object' || seen === null) return 0;
  const { total, succeeded = 0, failed = 0, cancelled = 0 } = countsOf.parse(seen);
  if (total === undefined || total === 0) return seen;
  return { progress: Math.floor((100 * (succeeded + failed + cancelled)) / total), ...seen };
}

const countsOf = z.object(counts).partial();

function hidden(value: unknown): string {
  return Array.isArray(value) ? `${value.length}, not shown` : 'not shown';
}
