import { randomUUID } from 'node:crypto';
import { Refusal, type RequestView, type Selections, type SelectionView } from '@session-queue/core';
import { z } from 'zod';
import { Refused } from '../http/refused.ts';
import { count, counted } from '../pages/wording.ts';
import { requestPath } from '../requests/request-path.ts';
import { filterWords } from '../selections/filter-words.ts';
import { selectionPath } from '../selections/selection-path.ts';
import { unknownSelection } from '../selections/unknown-selection.ts';
import type { ActionTarget, DoneBy } from './action-target.ts';

/** Sessions that are stored in a second, at least. */
const slowestASecond = 20_000;

const cancelForm = z.object({ id: z.string().min(1).max(255) });
/** What somebody has looked at stands in the form that they send. */
const deleteForm = cancelForm.extend({
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  count: z.coerce.number().int().min(1).optional(),
  request: z.uuid().optional(),
});

export type SelectionSource = Pick<Selections, 'getSelection' | 'cancelSelection' | 'deleteSelection'>;

/** Finds the selection that a form names, for `cancel-selection` and `delete-selection`. */
export async function selectionTarget(
  action: 'cancel-selection' | 'delete-selection',
  form: unknown,
  queue: SelectionSource,
): Promise<ActionTarget> {
  const parsed = deleteForm.safeParse(form);
  if (!parsed.success) throw new Refused(400, 'Name the selection.');
  const selection = await find(parsed.data.id, queue);
  const { id, consumer, filter } = selection;
  const found = `${counted(selection.count, 'session')} of ${consumer}`;
  const target = {
    name: id,
    about: { selection: id },
    title: `${found}, ${filterWords(filter).join('; ')}`,
    fields: { id },
    back: selectionPath(id),
  };
  if (action === 'cancel-selection') return { ...target, act: () => queue.cancelSelection(id) };
  return { ...target, ...deletion(selection, parsed.data, queue) };
}

async function find(id: string, queue: SelectionSource): Promise<SelectionView> {
  try {
    return await queue.getSelection(id);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'not_found') throw error;
    throw new Refused(404, unknownSelection);
  }
}

/** The deletion of what somebody looks at. Its request's id stands in the form: sent twice, it is one request. */
function deletion(
  selection: SelectionView,
  given: z.infer<typeof deleteForm>,
  queue: SelectionSource,
): Pick<ActionTarget, 'fields' | 'typed' | 'onward' | 'withinMs' | 'detail' | 'act'> {
  const { id, consumer, digest = given.digest } = selection;
  const { digest: expectDigest = digest, count: expectCount = selection.count, request = randomUUID() } = given;
  if (expectDigest === undefined)
    throw new Refused(409, `This selection is ${selection.state}: only one that is ready can be deleted.`);
  return {
    fields: { id, digest: expectDigest, count: String(expectCount), request },
    typed: expectCount,
    onward: requestPath(request),
    withinMs: 10_000 + (expectCount / slowestASecond) * 1_000,
    detail: `request ${request}: ${count(expectCount)} sessions of ${consumer}, digest ${expectDigest}`,
    act: async ({ reason, by }: DoneBy): Promise<RequestView> => {
      if (given.digest === undefined || given.count === undefined || given.request === undefined)
        throw new Refused(400, 'The form does not say what was looked at. Open it again.');
      const chosen = { selection: id, expectDigest, expectCount };
      return await queue.deleteSelection({ ...chosen, id: request, reason, requestedBy: by });
    },
  };
}
