import { randomUUID } from 'node:crypto';
import {
  heldThingSchema,
  type LegalHoldInput,
  type LegalHolds,
  type LegalHoldView,
  legalHoldInputSchema,
  Refusal,
} from '@session-queue/core';
import { z } from 'zod';
import { Refused } from '../http/refused.ts';
import { holdPath, holdsPath } from '../legal-holds/hold-path.ts';
import { onWords } from '../legal-holds/hold-words.ts';
import { unknownHold } from '../legal-holds/unknown-hold.ts';
import { counted } from '../pages/wording.ts';
import type { ActionTarget, DoneBy } from './action-target.ts';
import { checkAnnounced } from './consumer-choice.ts';
import { holdForm } from './hold-form.ts';
import { giveIdsAgain, typedIds } from './typed-ids.ts';

/** Sessions that are let go in a second, at least. */
const slowestASecond = 20_000;

const placeForm = z.object({
  consumer: z.string().max(64).optional(),
  on: heldThingSchema.catch('sessions'),
  ids: z.string().optional(),
  /** The id that the form gives its hold. */
  hold: z.uuid().optional(),
});
const liftForm = z.object({ id: z.string().min(1).max(255) });

export type HoldSource = Pick<LegalHolds, 'addLegalHold' | 'getLegalHold' | 'removeLegalHold'>;

/** Finds the hold that a form names, for `lift-hold`. */
export async function liftTarget(form: unknown, holds: HoldSource): Promise<ActionTarget> {
  const parsed = liftForm.safeParse(form);
  if (!parsed.success) throw new Refused(400, 'Name the legal hold.');
  const { id } = parsed.data;
  const hold = await find(id, holds);
  if (hold === undefined) throw new Refused(404, unknownHold);
  const { consumer, sessions } = hold;
  return {
    name: id,
    about: { hold: id },
    title: `the legal hold on ${onWords(hold)} of ${consumer}`,
    fields: { id },
    back: holdPath(id),
    onward: holdsPath(),
    withinMs: 10_000 + (sessions / slowestASecond) * 1_000,
    detail: detailOf(hold),
    act: (why: DoneBy) => holds.removeLegalHold(id, why),
  };
}

/** What a form says is to be held. Its hold's id stands in the form: sent twice, it is one hold. */
export async function placeTarget(
  form: unknown,
  { holds, consumers }: { holds: HoldSource; consumers: readonly string[] },
): Promise<ActionTarget> {
  const parsed = placeForm.safeParse(form);
  if (!parsed.success) throw new Refused(400, 'The form is not as it was. Open it again.');
  const { consumer, on, ids = '', hold: given } = parsed.data;
  checkAnnounced(consumer, consumers);
  const id = given ?? randomUUID();
  const target = {
    name: id,
    about: { hold: id },
    title: 'what is never deleted',
    fields: { hold: id },
    inputs: holdForm({ consumers, consumer, on }),
    back: holdsPath(),
    onward: holdPath(id),
  };
  if (given === undefined) return { ...target, act: notFilledIn };
  const placed = await find(id, holds);
  if (placed !== undefined) {
    const how = placed.liftedAt === undefined ? 'it stands as it was' : 'it is being lifted';
    throw new Refused(409, `This form has placed its legal hold already: ${how}. Open the form again for another one.`);
  }
  if (consumer === undefined) throw new Refused(400, 'Name the consumer.');
  const { input, problem } = inputOf({ consumer, on, ids });
  if (input === undefined) return { ...target, problem, act: notFilledIn };
  return {
    ...target,
    hasTypedIds: true,
    detail: `on ${on === 'sessions' ? counted(input.sessionIds?.length ?? 0, 'session') : things[on]} of ${consumer}`,
    act: ({ reason, by }: DoneBy) => holds.addLegalHold({ ...input, id, reason, by }),
  };
}

const things = { user: 'a learner', activity: 'an activity' } as const;

/** As the audit log has it: it is kept for long, and names no activity either. */
function detailOf({ on, sessions, consumer }: LegalHoldView): string {
  const found = counted(sessions, 'session');
  return on === 'sessions' ? `on ${found} of ${consumer}` : `on ${things[on]} of ${consumer}, ${found}`;
}

function inputOf({ consumer, on, ids }: { consumer: string; on: keyof typeof fieldOf; ids: string }): {
  input?: Omit<LegalHoldInput, 'reason'>;
  problem: string;
} {
  const { ids: named, lineOf } = typedIds(ids);
  const field = fieldOf[on];
  const what = field === 'sessionIds' ? named : named[0];
  if (on !== 'sessions' && named.length > 1) return { problem: giveIdsAgain('Name one learner or activity.') };
  const parsed = legalHoldInputSchema.safeParse({ consumer, [field]: what ?? [], reason: 'asked for below' });
  if (parsed.success && named.length > 0) {
    const { reason: _, ...input } = parsed.data;
    return { input, problem: '' };
  }
  if (named.length === 0) return { problem: giveIdsAgain('Name what is to be held.', false) };
  const [issue] = parsed.error?.issues ?? [];
  const at = issue?.path.at(-1);
  const line = typeof at === 'number' ? lineOf(named[at] ?? '') : undefined;
  const where = line === undefined ? 'What is to be held' : `Line ${line}`;
  return { problem: giveIdsAgain(`${where} ${issue?.message ?? 'is wrong'}.`) };
}

const fieldOf = { sessions: 'sessionIds', user: 'userId', activity: 'activityId' } as const;

async function find(id: string, holds: HoldSource): Promise<LegalHoldView | undefined> {
  try {
    return await holds.getLegalHold(id);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** A form that nobody has filled in yet, or wrongly: its action is never done. */
async function notFilledIn(): Promise<never> {
  throw new Refused(400, 'The form says nothing of what is to be held. Open it again.');
}
