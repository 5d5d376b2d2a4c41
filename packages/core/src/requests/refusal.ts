/**
 * Why something asked of Session Queue was not done; nothing of it was kept.
 * - `invalid`: the input is wrong (`field` names where)
 * - `unknown_consumer`: no worker has announced a consumer of this name
 * - `not_found`: no request, no selection or no legal hold has this id (any more), or no rule this name
 * - `id_taken`: the id belongs to a request with other content
 * - `in_progress`: the same id is being uploaded right now by somebody else
 * - `conflict`: the state of the request, the selection or the legal hold does not allow it (the message says which state)
 * - `index_off`: sessions are not indexed here
 * - `memory_short`: Redis uses over 80 % of its memory; try again later
 * - `unavailable`: Redis or the producer did not answer; whether the request was kept is open, and the same call is safe to repeat
 *
 * Of the producer alone: `unauthorized` (no valid token), `forbidden` (the token may not), `rate_limited` (too many calls),
 * `too_large` (more bytes than it takes) and `busy` (too much at once).
 */
export type RefusalCode =
  | 'invalid'
  | 'unknown_consumer'
  | 'not_found'
  | 'id_taken'
  | 'in_progress'
  | 'conflict'
  | 'index_off'
  | 'memory_short'
  | 'unavailable'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'too_large'
  | 'busy';

/** What is wrong with one field of the input. The reason never repeats the value. */
export interface Fault {
  field: string;
  reason: string;
}

export interface RefusalDetails {
  field?: string | undefined;
  /** Every fault that was found, where there may be more than one. */
  faults?: readonly Fault[] | undefined;
  /** After what time the same call may do better. */
  retryAfterMs?: number | undefined;
  /** The request that this is about, where a call that failed may have made one all the same. */
  requestId?: string | undefined;
  cause?: unknown;
}

/** A refusal with its code and, for bad input, the field. Its message never holds an item. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly field: string | undefined;
  readonly faults: readonly Fault[];
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const { field, faults, retryAfterMs, requestId } = details;
    this.code = code;
    this.field = field ?? faults?.[0]?.field;
    this.faults = faults ?? (field === undefined ? [] : [{ field, reason: message }]);
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}

/** Why an id may not be known. */
export const unknownRequest =
  'no request has this id: it was never accepted, waits for a worker that knows its consumer (a plain BullMQ job), ' +
  'or its record has aged out';

/** Redis has less than a fifth of its memory left (invariant 12). */
export function memoryShort(): Refusal {
  return new Refusal(
    'memory_short',
    'Redis uses over 80 % of its memory: nothing new is accepted until it has room again',
  );
}

/** The same id stands for another kind, consumer or other items. */
export function idTaken(): Refusal {
  return new Refusal('id_taken', 'this id belongs to a request with other content', { field: 'id' });
}

/** Why a selection may not be known. */
export const unknownSelection = 'no selection has this id: it was never asked for, or has aged out';

/** Why a rule may not be known. */
export const unknownRule = 'no rule has this name: it was never set, or has been removed';
/** Why a legal hold may not be known. */
export const unknownLegalHold = 'no legal hold has this id: it was never made, or has been lifted';
/** Why a legal hold cannot be placed again. */
export const liftedLegalHold =
  'the legal hold of this id is being lifted, or has been: place another one, with an id or Idempotency-Key of its own, on what is to be kept';
