export interface TransportFailureFields {
  /** False is sure: the connection never stood, so nothing of the call left. */
  mayHaveArrived: boolean;
  /** Set when the headers of a response arrived, and its body did not (wholly). */
  response: { status: number; headersAt: number } | undefined;
  cause: unknown;
}

/** A call without a whole answer. `code` is `DEADLINE`, `ABORTED`, `TOO_LARGE`, or Node's own (`ECONNREFUSED`, ...). */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly code: string;
  readonly mayHaveArrived: boolean;
  readonly response: { status: number; headersAt: number } | undefined;

  constructor(code: string, fields: TransportFailureFields) {
    super(`no whole answer (${code})`, { cause: fields.cause });
    this.code = code;
    this.mayHaveArrived = fields.mayHaveArrived;
    this.response = fields.response;
  }
}
