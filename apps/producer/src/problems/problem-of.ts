import { Refusal, type RefusalCode, unknownRequest } from '@session-queue/core';
import { Problem, type ProblemKind } from './problem.ts';

const kindOfRefusal: Record<RefusalCode, ProblemKind> = {
  invalid: 'invalid-request',
  unknown_consumer: 'unknown-consumer',
  not_found: 'unknown-request',
  id_taken: 'id-taken',
  in_progress: 'in-progress',
  conflict: 'conflict',
  index_off: 'index-off',
  memory_short: 'memory-short',
  unavailable: 'unavailable',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  rate_limited: 'rate-limited',
  too_large: 'too-large',
  busy: 'busy',
};

/** When to ask again, in seconds: an upload ends soon, a restart of Redis takes moments, memory frees up slowly. */
const retryAfterSeconds: Partial<Record<RefusalCode, number>> = { in_progress: 5, unavailable: 5, memory_short: 30 };

/** Who may not see all consumers is named none of the others. */
export const unknownConsumer = 'no worker has announced this consumer: GET /v1/consumers names those that there are';

/** The one place where an error becomes an answer. What is not understood is a 500 that tells nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // A stream's problem, which went through core.
  if (error instanceof Refusal && error.cause instanceof Problem) return error.cause;
  if (error instanceof Refusal) return problemOfRefusal(error);
  return problemOfParser(error) ?? new Problem('internal', 'The error has been logged.', { cause: error });
}

/** The problem of a call that may have done its work all the same: a 503 says which request that is about. */
export function openProblemOf(error: unknown, requestId: string): Problem {
  const problem = problemOf(error);
  return problem.status === 503 || problem.kind === 'in-progress' ? problem.about(requestId) : problem;
}

function problemOfRefusal(refusal: Refusal): Problem {
  const wait = retryAfterSeconds[refusal.code];
  const { code, field } = refusal;
  const message = code === 'unknown_consumer' ? unknownConsumer : refusal.message;
  if (code === 'not_found') return new Problem('unknown-request', unknownRequest, { cause: refusal });
  return new Problem(kindOfRefusal[code], field === undefined ? message : `${field}: ${message}`, {
    cause: refusal,
    ...(field === undefined ? {} : { errors: [{ field, reason: message }] }),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  });
}

/** Express and its body parser mark a client's mistakes with a status; their messages may repeat the input. */
function problemOfParser(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const cause = { cause: error };
  if (error.status === 413) return new Problem('too-large', 'The body is larger than this producer takes.', cause);
  if (error.status === 415) return new Problem('unsupported-media-type', 'This Content-Encoding is not known.', cause);
  if (error.status !== 400) return undefined;
  const isUrl = error instanceof URIError;
  return new Problem('invalid-request', isUrl ? 'The address is not decodable.' : 'The body cannot be read.', cause);
}
