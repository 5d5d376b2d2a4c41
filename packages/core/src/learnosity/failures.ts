import { performance } from 'node:perf_hooks';
import { decide, type Endpoint, outcomeOf } from './decision.ts';
import { type CallTiming, LearnosityError } from './learnosity-error.ts';
import { redact } from './redaction.ts';
import type { Answer } from './transport.ts';
import { TransportFailure } from './transport-failure.ts';

/** The timing of a call whose response arrived at `headersAt`, if at all. */
export function timingSince(headersAt: number | undefined): CallTiming {
  if (headersAt === undefined) return { headersArrived: false, msSinceHeaders: 0 };
  return { headersArrived: true, msSinceHeaders: performance.now() - headersAt };
}

/** The error for a call that got no whole answer. Anything but a transport's failure is a fault of ours, and stays what it is. */
export function errorWithoutAnswer(failure: unknown, endpoint: Endpoint): unknown {
  if (!(failure instanceof TransportFailure)) return failure;
  const { code, why, mayHaveArrived, response, cause } = failure;
  const timing = timingSince(response?.headersAt);
  if (response === undefined) {
    const outcome = mayHaveArrived ? 'unknown' : 'refused';
    return new LearnosityError(`no answer from Learnosity (${why})`, {
      decision: 'transient',
      outcome,
      code,
      cause,
      ...timing,
    });
  }
  const answered = { endpoint, httpStatus: response.status, code: undefined, readable: false };
  return new LearnosityError(
    `Learnosity answered HTTP ${response.status} with a body that could not be read (${why})`,
    {
      decision: decide(answered),
      outcome: outcomeOf(answered),
      code: isSuccess(response.status) ? code : `HTTP_${response.status}`,
      httpStatus: response.status,
      cause,
      ...timing,
    },
  );
}

/** What is known of an answer that is a failure. */
export interface Refused {
  endpoint: Endpoint;
  answer: Answer;
  code: number | undefined;
  message: string | undefined;
  readable: boolean;
  /** What must not show, and may be named. */
  items: readonly string[];
  secrets: readonly string[];
  /** For a 41004: whether the next attempt, signed with a corrected clock, stands a chance. */
  clockCorrected: boolean;
}

/** The error for an answer that says the call was not done. */
export function errorOfRefusal(refused: Refused): LearnosityError {
  const { endpoint, answer, code, readable, items, secrets, clockCorrected } = refused;
  const answered = { endpoint, httpStatus: answer.status, code, readable };
  const { message, namedItems } = redact(refused.message ?? '', items, secrets);
  const headline = `Learnosity answered HTTP ${answer.status}${code === undefined ? '' : `, code ${code}`}`;
  return new LearnosityError(message === '' ? headline : message, {
    decision: clockCorrected ? 'transient' : decide(answered),
    outcome: outcomeOf(answered),
    code: code === undefined ? `HTTP_${answer.status}` : String(code),
    httpStatus: answer.status,
    namedItems,
    cause: new Error(headline),
    ...timingSince(answer.headersAt),
  });
}

/** The error for a success that cannot be read: the call has most likely had its effect, and nothing tells which. */
export function errorOfUnreadable(answer: Answer, cause: unknown): LearnosityError {
  return new LearnosityError(`Learnosity answered HTTP ${answer.status} with a body that is not as documented`, {
    decision: 'transient',
    outcome: 'unknown',
    code: 'UNREADABLE',
    httpStatus: answer.status,
    cause,
    ...timingSince(answer.headersAt),
  });
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
