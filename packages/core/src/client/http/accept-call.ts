import { itemsField } from '../../requests/items.ts';
import { Refusal } from '../../requests/refusal.ts';
import type { DeletionNotes, Kind, RequestView } from '../../requests/request.ts';
import { requestSchema } from '../answers.ts';
import { jsonBody, queryOf } from './call-parts.ts';
import type { ItemsBody } from './items-body.ts';
import type { Call } from './producer-api.ts';

/** What asks for a request: few items as JSON, many as lines, with the notes in the query. */
export function acceptCall(
  kind: Kind,
  items: ItemsBody,
  notes: DeletionNotes & { ignoreResponseRevisions?: boolean },
  resumable: boolean | undefined,
): Omit<Call<RequestView>, 'mayRepeat'> {
  const path = kind === 'deletion' ? '/v1/deletions' : '/v1/resubmissions';
  const call = { method: 'POST', path, schema: requestSchema } as const;
  const { short } = items;
  if (short !== undefined) return { ...call, body: jsonBody({ ...notes, [itemsField[kind]]: short }) };
  const body = {
    type: 'application/x-ndjson',
    make: (moved: () => void) => items.lines(moved),
    fault: () => items.fault,
  };
  return { ...call, query: queryOf({ ...notes, resumable }), body };
}

/** With which call one goes on whose items could be read only once. */
export function withWayOn(refusal: Refusal, id: string | undefined): Refusal {
  const { code, message, faults, retryAfterMs, requestId } = refusal;
  const way = `; items that can be read only once are not sent again: the same call with all of them and the id '${id}' is safe`;
  return new Refusal(code, message + way, { faults, retryAfterMs, requestId, cause: refusal });
}
