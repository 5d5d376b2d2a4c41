import { Refusal, type RefusalCode } from '../../requests/refusal.ts';
import { problemSchema } from '../answers.ts';

const typePrefix = 'urn:problem-type:session-queue:';

/** What the producer's types of problems are called here. A type that is not known goes by its status. */
const codeOfType: Readonly<Record<string, RefusalCode>> = {
  'unknown-request': 'not_found',
  'unknown-selection': 'not_found',
  'unknown-rule': 'not_found',
  'unknown-legal-hold': 'not_found',
  'unknown-consumer': 'unknown_consumer',
  'in-progress': 'in_progress',
  conflict: 'conflict',
  'id-taken': 'id_taken',
  'key-reused': 'id_taken',
  'index-off': 'index_off',
  busy: 'busy',
  'memory-short': 'memory_short',
  // Nothing but a request, a selection, a rule or a legal hold is found or not: an address that is not there is a wrong address.
  'not-found': 'invalid',
};

const codeOfStatus: Readonly<Record<number, RefusalCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  // The body came too slowly: the same call may do better.
  408: 'unavailable',
  409: 'conflict',
  413: 'too_large',
  429: 'rate_limited',
};

/** The refusal that an answer of the producer stands for. What is no problem document comes from something before it. */
export function refusalOf(response: Response, document: unknown, origin: string): Refusal {
  const retryAfterMs = retryAfterOf(response);
  const parsed = problemSchema.safeParse(document);
  if (!parsed.success) {
    const isAway = response.status >= 500 || response.status === 429;
    const said = `${origin} answered with HTTP ${response.status} and no explanation`;
    return new Refusal(isAway ? 'unavailable' : byStatus(response.status), said, { retryAfterMs });
  }
  const { type, title, detail, errors = [], requestId } = parsed.data;
  const code = (type.startsWith(typePrefix) && codeOfType[type.slice(typePrefix.length)]) || byStatus(response.status);
  const [first, ...others] = errors;
  // A single fault says the same as it does without HTTP: the field apart from what is wrong with it.
  const message = first !== undefined && others.length === 0 ? first.reason : (detail ?? title);
  return new Refusal(code, message, { faults: errors, retryAfterMs, requestId });
}

function byStatus(status: number): RefusalCode {
  return codeOfStatus[status] ?? (status >= 500 ? 'unavailable' : 'invalid');
}

/** Retry-After in seconds, as the producer gives it. */
function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
