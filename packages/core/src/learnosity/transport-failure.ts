import { types } from 'node:util';

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
  /** The code, and what OpenSSL found wrong where Node calls it all EPROTO: 'EPROTO: wrong version number'. */
  readonly why: string;
  readonly mayHaveArrived: boolean;
  readonly response: { status: number; headersAt: number } | undefined;

  constructor(code: string, fields: TransportFailureFields) {
    const reason = opensslReason(fields.cause);
    const why = reason === undefined ? code : `${code}: ${reason}`;
    super(`no whole answer (${why})`, { cause: fields.cause });
    this.code = code;
    this.why = why;
    this.mayHaveArrived = fields.mayHaveArrived;
    this.response = fields.response;
  }
}

/** OpenSSL's words, as Node's message has them: 'error:0A00010B:SSL routines:ssl3_get_record:wrong version number:...'. */
function opensslReason(cause: unknown): string | undefined {
  return types.isNativeError(cause) ? /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(cause.message)?.[1] : undefined;
}
