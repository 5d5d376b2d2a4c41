/**
 * Why something asked of Session Queue was not done; nothing of it was kept.
 * - `invalid`: the input is wrong (`field` names where)
 * - `unknown_consumer`: no worker has announced a consumer of this name
 * - `not_found`: no request has this id (any more)
 * - `id_taken`: the id belongs to a request with other content
 * - `in_progress`: the same id is being uploaded right now by somebody else
 * - `conflict`: the request's state does not allow it (the message says which state)
 * - `memory_short`: Redis uses over 80 % of its memory; try again later
 * - `unavailable`: Redis did not answer; whether the request was kept is open, and the same call is safe to repeat
 */
export type RefusalCode =
  | 'invalid'
  | 'unknown_consumer'
  | 'not_found'
  | 'id_taken'
  | 'in_progress'
  | 'conflict'
  | 'memory_short'
  | 'unavailable';

/** A refusal with its code and, for bad input, the field. Its message never holds an item. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly field: string | undefined;

  constructor(code: RefusalCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }
}
