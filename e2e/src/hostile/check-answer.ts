import { itemMarkers } from '../load/asks.ts';
import { secretMarker } from '../world/consumers.ts';
import type { Operation } from './contract.ts';
import { bodyText, type Draft, type Oddness } from './draft.ts';
import type { Answer, NoAnswer } from './wire.ts';

const problemType = 'application/problem+json';
/** What the API answers to anything that is none of its operations, and what HTTP itself is answered with. */
const furtherStatuses: Record<Oddness, readonly number[]> = {
  words: [],
  address: [400, 401, 404, 405, 413, 415, 429],
  framing: [400, 401, 404, 405, 408, 413, 415, 417, 429, 431],
};
const markers = [itemMarkers.id, itemMarkers.submission, itemMarkers.submissionBase64, secretMarker];
/** They show failed items, and what callers have written into the notes of any request, or have asked for themselves. */
const showing: ReadonlySet<string> = new Set([
  'listItems',
  'listRequests',
  'select',
  'getSelection',
  'listSelections',
  'listSelectedSessions',
  'cancelSelection',
  'addLegalHold',
  'getLegalHold',
  'listLegalHolds',
  'listHeldSessions',
  'removeLegalHold',
  'putRule',
  'removeRule',
  'getRule',
  'listRules',
  'previewRule',
]);
/** What an error page of a framework looks like. */
const insides = /node_modules|<html|\n\s+at |Error: /i;

/** Which of the things that no log and no answer may hold is in a text. */
export function markerIn(text: string): string | undefined {
  return markers.find((marker) => text.includes(marker));
}

/** Says what is wrong with an answer, by the producer's own document; `undefined` when nothing is. */
export function answerFault(operation: Operation, draft: Draft, answer: Answer | NoAnswer): string | undefined {
  if (answer === 'silent') return 'no answer';
  if (answer === 'closed')
    return draft.oddness === 'framing' ? undefined : 'the connection was closed without an answer';
  const { status, headers, body, whole } = answer;
  const mayTell = showing.has(operation.id) && status < 300;
  const marker = mayTell ? undefined : markerIn(whole);
  if (marker !== undefined) return `${status}, and the answer holds '${marker}'`;
  if (insides.test(body) && !(status === 200 && operation.id === 'docs'))
    return `${status}, and the answer shows its insides`;
  // HEAD is answered as GET would be.
  const documented = operation.answers.get(draft.method === 'HEAD' ? 'GET' : draft.method)?.get(status);
  if (documented === undefined && !furtherStatuses[draft.oddness].includes(status))
    return `${status} is not documented`;
  if (status >= 500) return `${status}, and nothing is broken`;
  // What never became a request has no method: it is answered with a document, and behind an answer there may be another.
  const isAnswered = headers.has('content-security-policy') && draft.oddness !== 'framing';
  if (draft.method === 'HEAD' && isAnswered)
    return body === '' ? undefined : `${status}, and HEAD was answered with a body`;
  if (draft.method === 'HEAD') return undefined;
  if (status >= 400) return problemFault(answer);
  if (documented === undefined) return undefined;
  const type = headers.get('content-type') ?? 'none';
  const promised = documented.find(({ mediaType }) => type.startsWith(mediaType));
  if (promised === undefined) return `${status} of type ${type}`;
  // A body that no GET reads is thrown away: a server that closes with the rest of it unread resets the connection, and TCP
  // may lose the end of a long answer then.
  if (answer.isCut && bodyText(draft) !== undefined && draft.method === 'GET') return undefined;
  const parsed = promised.schema.safeParse(/[/+]json$/.test(promised.mediaType) ? jsonOf(body) : body);
  return parsed.success ? undefined : `${status}, and its body is not as documented`;
}

/** RFC 9457: type, title and status, under a media type of its own. */
function problemFault({ status, headers, body }: Answer): string | undefined {
  const type = headers.get('content-type') ?? 'none';
  if (!type.startsWith(problemType)) return `${status} of type ${type} and not a problem document`;
  const document = jsonOf(body);
  if (typeof document !== 'object' || document === null) return `${status}, and its problem document is none`;
  const fields = Object.fromEntries(Object.entries(document));
  if (fields.status !== status) return `${status}, and its problem document says ${String(fields.status)}`;
  if (typeof fields.type !== 'string' || typeof fields.title !== 'string') return `${status}, and no type or title`;
  return undefined;
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
