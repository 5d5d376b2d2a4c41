import { randomUUID } from 'node:crypto';
import {
  Refusal,
  type SelectionInput,
  type Selections,
  type SessionFilter,
  selectionInputSchema,
} from '@session-queue/core';
import { z } from 'zod';
import { Refused } from '../http/refused.ts';
import { countedFilterWords } from '../selections/filter-words.ts';
import { selectionPath, selectionsPath } from '../selections/selection-path.ts';
import type { ActionTarget, DoneBy } from './action-target.ts';
import { checkAnnounced } from './consumer-choice.ts';
import { momentOf, selectForm, spans } from './select-form.ts';
import { giveIdsAgain, type TypedIds, typedIds } from './typed-ids.ts';

const time = z.string().trim().max(64).optional();
const form = z.object({
  /** The id that the form gives its selection. */
  selection: z.uuid().optional(),
  consumer: z.string().max(64).optional(),
  sessions: z.string().default(''),
  users: z.string().default(''),
  activities: z.string().default(''),
  /** One that is chosen alone comes alone. */
  statuses: z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([]),
  updatedFrom: time,
  updatedTo: time,
  startedFrom: time,
  startedTo: time,
  completedFrom: time,
  completedTo: time,
  breakdown: z.string().max(64).optional(),
  keepMetadata: z.literal('yes').optional(),
});
type Filled = z.infer<typeof form>;

export type SelectSource = Pick<Selections, 'select'>;

/** What a form says is to be selected. Its selection's id stands in the form: sent twice, it is one selection. */
export async function selectTarget(
  given: unknown,
  queue: SelectSource,
  consumers: readonly string[],
): Promise<ActionTarget> {
  const parsed = form.safeParse(given);
  if (!parsed.success) throw new Refused(400, 'The form is not as it was. Open it again.');
  const filled = parsed.data;
  const { selection, consumer, statuses, breakdown } = filled;
  checkAnnounced(consumer, consumers);
  const id = selection ?? randomUUID();
  const keepMetadata = filled.keepMetadata !== undefined;
  const target = {
    name: id,
    about: { selection: id },
    title: 'sessions by their metadata',
    fields: { selection: id },
    inputs: selectForm({ consumers, consumer, statuses, times: filled, keepMetadata, breakdown }),
    back: selectionsPath,
    onward: selectionPath(id),
  };
  if (selection === undefined) return { ...target, act: notFilledIn };
  if (consumer === undefined) throw new Refused(400, 'Name the consumer.');
  const { input, problem } = inputOf({ ...filled, consumer });
  if (input === undefined) return { ...target, problem, act: notFilledIn };
  return {
    ...target,
    hasTypedIds: [filled.sessions, filled.users, filled.activities].some((text) => text.trim() !== ''),
    detail: detailOf(consumer, input),
    act: ({ reason, by }: DoneBy) => makeOnce(queue, { ...input, id, reason, requestedBy: by }),
  };
}

/** The same form again finds its selection there; filled in otherwise it changes nothing. */
async function makeOnce(queue: SelectSource, input: SelectionInput & { id: string }): Promise<unknown> {
  try {
    return await queue.select(input);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'id_taken') throw error;
    const words = 'This form has made its selection already, of something else: it stands as it was.';
    const way = { path: selectionPath(input.id), words: 'See that selection' };
    throw new Refused(409, `${words} Open the form again for another one.`, { cause: error, way });
  }
}

type Input = Omit<SelectionInput, 'id'>;
type IdField = keyof typeof idTitles;

const idTitles = { sessionIds: 'session ids', userIds: 'user ids', activityIds: 'activity ids' } as const;

function inputOf(filled: Filled & { consumer: string }): { input?: Input; problem: string } {
  const { consumer, statuses, breakdown: by = '', keepMetadata } = filled;
  const typed: Record<IdField, TypedIds> = {
    sessionIds: typedIds(filled.sessions),
    userIds: typedIds(filled.users),
    activityIds: typedIds(filled.activities),
  };
  const parts = [
    ...Object.entries(typed).map(([name, { ids }]) => [name, ids] as const),
    ['statuses', statuses] as const,
  ].filter(([, values]) => values.length > 0);
  const filter = Object.fromEntries([...parts, ...spansOf(filled)]);
  if (Object.keys(filter).length === 0) {
    return { problem: giveIdsAgain('Say which sessions: a form without any of it would select every session.', false) };
  }
  const parsed = selectionInputSchema.safeParse({
    consumer,
    filter,
    ...(by !== '' && { breakdown: { by } }),
    ...(keepMetadata !== undefined && { keepMetadata: true }),
  });
  if (parsed.success) return { input: parsed.data, problem: '' };
  const wereTyped = Object.values(typed).some(({ ids }) => ids.length > 0);
  const [issue] = parsed.error.issues;
  const lack = lacksList(by, typed);
  if (lack !== undefined) return { problem: giveIdsAgain(lack, wereTyped) };
  const where = issue === undefined ? 'The form' : whereOf(issue.path, typed);
  return { problem: giveIdsAgain(`${where} ${issue?.message ?? 'is wrong'}.`, wereTyped) };
}

/** Learners and activities are counted one by one, so that they have to be listed. */
function lacksList(by: string, typed: Record<IdField, TypedIds>): string | undefined {
  if (by === 'activityId' && typed.activityIds.ids.length === 0) {
    return 'To break down by activity, list the activities: each is counted by itself.';
  }
  if (by === 'userId' && typed.userIds.ids.length === 0) {
    return 'To break down by learner, list the learners: each is counted by itself.';
  }
  return undefined;
}

function spansOf(filled: Filled): [string, SessionFilter['updated']][] {
  return spans.flatMap((span) => {
    const { [`${span}From` as const]: from = '', [`${span}To` as const]: to = '' } = filled;
    if (from === '' && to === '') return [];
    return [[span, { ...(from !== '' && { from: momentOf(from) }), ...(to !== '' && { to: momentOf(to) }) }]];
  });
}

/** What a check of core's is about, in the words of the form; a sentence goes on with what is wrong. */
function whereOf([part, field, at]: readonly PropertyKey[], typed: Record<IdField, TypedIds>): string {
  if (part === 'breakdown') return field === 'values' ? 'The list to break down by' : 'What to break down by';
  if (typeof field !== 'string') return part === 'consumer' ? 'The consumer' : 'What is selected';
  if (isIdField(field)) {
    const { ids, lineOf } = typed[field];
    const named = typeof at === 'number' ? ids[at] : undefined;
    return named === undefined ? `The ${idTitles[field]}` : `Line ${lineOf(named)} of the ${idTitles[field]}`;
  }
  if (field === 'statuses') return 'Each status';
  return `${field.charAt(0).toUpperCase()}${field.slice(1)}${typeof at === 'string' ? ` ${at}` : ':'}`;
}

function isIdField(field: string): field is IdField {
  return Object.hasOwn(idTitles, field);
}

/** As the audit log has it: how many ids of each kind, and none of them. */
function detailOf(consumer: string, { filter, keepMetadata, breakdown }: Input): string {
  const words = countedFilterWords(filter);
  if (keepMetadata === true) words.push('metadata is kept');
  if (breakdown !== undefined) words.push(`broken down by ${breakdown.by}`);
  return `of ${consumer}: ${words.join('; ')}`;
}

/** A form that nobody has filled in yet, or wrongly: its action is never done. */
async function notFilledIn(): Promise<never> {
  throw new Refused(400, 'The form says nothing of what is to be selected. Open it again.');
}
