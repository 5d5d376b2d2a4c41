import type { Decision, Outcome } from './decision.ts';

/** What the quota needs of a call: its slot is anchored at the arrival of the response's headers. */
export interface CallTiming {
  /** Whether a response arrived at all. Without one the call may still arrive at Learnosity late. */
  headersArrived: boolean;
  /** Monotonic milliseconds from the headers' arrival until the call resolved or rejected; 0 without headers. */
  msSinceHeaders: number;
}

export interface LearnosityErrorFields extends CallTiming {
  decision: Decision;
  outcome: Outcome;
  /** Learnosity's code as text; else `HTTP_<status>`, or the failure's own: `DEADLINE`, `ABORTED`, `UNREADABLE`, `ECONNRESET`, ... */
  code: string;
  httpStatus?: number | undefined;
  /** Indexes, in the call's list, of the items that the message names. */
  namedItems?: readonly number[];
  cause: unknown;
}

/**
 * A call that failed, with the decision what to do about it. Its message holds no secret, session id or submission:
 * items stand in it as `<item>`.
 */
export class LearnosityError extends Error implements CallTiming {
  override readonly name = 'LearnosityError';
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly namedItems: readonly number[];
  readonly headersArrived: boolean;
  readonly msSinceHeaders: number;

  constructor(message: string, fields: LearnosityErrorFields) {
    super(message, { cause: fields.cause });
    this.decision = fields.decision;
    this.outcome = fields.outcome;
    this.code = fields.code;
    this.httpStatus = fields.httpStatus;
    this.namedItems = fields.namedItems ?? [];
    this.headersArrived = fields.headersArrived;
    this.msSinceHeaders = fields.msSinceHeaders;
  }
}
