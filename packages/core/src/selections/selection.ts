import { z } from 'zod';
import type { ConsumerKeys } from '../lanes/keys.ts';
import { type SessionFilter, sessionFilterSchema } from '../learnosity/session-filter.ts';
import { isoTime } from '../requests/iso-time.ts';
import { consumerNameSchema, defaultConsumer, personSchema, reasonSchema } from '../requests/request.ts';
import { breakdownFault, breakdownSchema } from './breakdown.ts';
import { type BreakdownView, readBreakdown } from './breakdown-view.ts';

/**
 * The states of a selection: `walking` while its pages are read, then `ready` to be looked at and deleted, `failed` when Learnosity
 * refuses the filter or its pages lead nowhere, or `cancelled`.
 */
export const selectionStates = ['walking', 'ready', 'failed', 'cancelled'] as const;
export type SelectionState = (typeof selectionStates)[number];

/** What sessions a filter selects, as services and people see it: a preview, and nothing is deleted. Times are ISO 8601, UTC. */
export interface SelectionView {
  id: string;
  consumer: string;
  state: SelectionState;
  filter: SessionFilter;
  /** Distinct sessions found, so far while it walks. */
  count: number;
  /** Pages read, and sessions that they showed: one that is updated meanwhile may be shown twice. */
  pages: number;
  shown: number;
  /** Of a selection that is ready: SHA-256 in hex over its sessions in their order. Who deletes them says it. */
  digest?: string;
  /** The request that deletes it; of several the newest. */
  request?: string;
  createdAt: string;
  finishedAt?: string;
  /** The metadata of each session is kept beside it. */
  keepMetadata?: true;
  /** Where it was asked for: how many of the sessions are of which status, activity or learner. */
  breakdown?: BreakdownView;
  reason?: string;
  requestedBy?: string;
  /** Why it has failed. Never holds an id. */
  error?: { code: string; message: string };
  /** Why it does not go on just now. */
  waiting?: { code: string; message: string };
}

/** Which selections to list. What is absent does not matter; times are of their creation. */
export interface SelectionListFilter {
  state?: SelectionState | undefined;
  /** One or more consumers; over HTTP at most 50. */
  consumers?: readonly string[] | undefined;
  requestedBy?: string | undefined;
  /** ISO 8601: the first moment that counts. */
  since?: string | undefined;
  /** ISO 8601: the first moment that no longer counts. */
  until?: string | undefined;
}

/** A page of selections, the newest first; `next` is given while there may be more, also by a page that found none yet. */
export interface SelectionsPage {
  selections: SelectionView[];
  next?: string;
}

export const selectionInputSchema = z
  .strictObject({
    consumer: consumerNameSchema.optional().meta({ description: `Whose sessions; '${defaultConsumer}' when absent` }),
    filter: sessionFilterSchema,
    keepMetadata: z
      .boolean()
      .optional()
      .meta({ description: 'Keeps the metadata of each session for an export, as long as the selection stays' }),
    breakdown: breakdownSchema
      .optional()
      .meta({ description: 'Tells how many of the sessions are of which status, activity or learner' }),
    reason: reasonSchema.optional().meta({ description: 'Why: people will ask. No place for ids of sessions' }),
    requestedBy: personSchema.optional().meta({ description: 'Who asks; the name of the API key when absent' }),
  })
  .superRefine(({ filter, breakdown }, context) => {
    const message = breakdown && breakdownFault(breakdown, filter);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['breakdown', 'values'], message });
  });

/** Which selection is to be deleted, and what somebody has seen of it. */
export const chosenSelectionSchema = z.strictObject({
  selection: z
    .string('is required: the id of a selection')
    .min(1, 'must not be empty')
    .max(255, 'must be at most 255 characters')
    .meta({ description: 'The id of a selection that is ready' }),
  expectDigest: z
    .string('is required: the digest of the selection as it was looked at')
    .regex(/^[0-9a-f]{64}$/, 'must be the digest of a selection: 64 hexadecimal digits')
    .meta({ description: 'Its `digest` as it was looked at: nothing is deleted where it has another one' }),
  expectCount: z
    .int('is required: the count of the selection as it was looked at')
    .min(0, 'must not be negative')
    .meta({ description: 'Its `count` as it was looked at' }),
});
export type ChosenSelection = z.infer<typeof chosenSelectionSchema>;

/** What is asked of `select`. */
export interface SelectionInput extends z.infer<typeof selectionInputSchema> {
  /** The selection's id, 1 to 255 characters; a random UUID when absent. The same call with the same id and filter is safe to repeat. */
  id?: string;
}

export const selectionKey = (keys: ConsumerKeys, id: string): string => `${keys.base}selection:${id}`;
/** The packed ids of a selection's sessions. */
export const selectionItemsKey = (keys: ConsumerKeys, id: string): string => `${selectionKey(keys, id)}:items`;

/** A selection as its record says now; `undefined` when it is gone. */
export async function readSelection(keys: ConsumerKeys, id: string): Promise<SelectionView | undefined> {
  const [record, found] = await Promise.all([
    keys.redis.hgetall(selectionKey(keys, id)),
    keys.redis.llen(selectionItemsKey(keys, id)),
  ]);
  const { breakdown, part } = record;
  const divided = breakdown === undefined ? undefined : await readBreakdown(keys, id, { breakdown, part });
  return selectionOf(keys, id, record, { found, divided });
}

/** What a record says of its selection, of which `found` sessions lie in Redis; `undefined` of an empty one. */
function selectionOf(
  keys: ConsumerKeys,
  id: string,
  record: Record<string, string>,
  { found, divided }: { found: number; divided: BreakdownView | undefined },
): SelectionView | undefined {
  const {
    state,
    filter = '{}',
    pages,
    shown,
    digest,
    createdAt,
    finishedAt,
    reason,
    requestedBy,
    count,
    keepMetadata,
    request,
  } = record;
  const { error, errorCode = '', waitCode, waitMessage = '' } = record;
  if (state === undefined) return undefined;
  return {
    id,
    consumer: keys.consumer,
    state: state as SelectionState,
    filter: JSON.parse(filter) as SessionFilter,
    count: count === undefined ? found : Number(count),
    pages: Number(pages),
    shown: Number(shown),
    ...(digest !== undefined && { digest }),
    ...(request !== undefined && { request }),
    createdAt: isoTime(createdAt),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
    ...(keepMetadata === '1' && { keepMetadata: true as const }),
    ...(divided !== undefined && { breakdown: divided }),
    ...(reason !== undefined && { reason }),
    ...(requestedBy !== undefined && { requestedBy }),
    ...(error !== undefined && { error: { code: errorCode, message: error } }),
    ...(waitCode !== undefined && { waiting: { code: waitCode, message: waitMessage } }),
  };
}
