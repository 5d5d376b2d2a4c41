/** Every kind of problem this API answers with: its HTTP status and its title, which never changes. */
const problemKinds = {
  'invalid-request': [400, 'The request is not valid'],
  'malformed-json': [400, 'The body is not usable as JSON'],
  unauthorized: [401, 'A valid API token is needed'],
  forbidden: [403, 'Not from there'],
  'missing-scope': [403, 'The token does not allow this'],
  'other-consumer': [403, 'The token is not for this consumer'],
  'not-found': [404, 'There is nothing here'],
  'unknown-request': [404, 'There is no such request'],
  'unknown-selection': [404, 'There is no such selection'],
  'unknown-rule': [404, 'There is no such rule'],
  'unknown-legal-hold': [404, 'There is no such legal hold'],
  'unknown-consumer': [404, 'There is no such consumer'],
  'index-off': [404, 'Sessions are not indexed here'],
  'method-not-allowed': [405, 'This method is not possible here'],
  'too-slow': [408, 'The body comes too slowly'],
  'in-progress': [409, 'The same is being done right now'],
  conflict: [409, 'The state of the request or selection does not allow this'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body is not in a supported format'],
  'key-reused': [422, 'The Idempotency-Key belongs to something else'],
  'id-taken': [422, 'The id belongs to another request'],
  'rate-limited': [429, 'Too many calls'],
  internal: [500, 'Something went wrong here'],
  'issuer-away': [503, 'Tokens cannot be checked right now'],
  busy: [503, 'Too much at once'],
  'memory-short': [503, 'Redis is short of memory'],
  unavailable: [503, 'Redis does not answer'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemKind = keyof typeof problemKinds;

/** What is wrong with one field of the input. The reason never repeats the value. */
export interface FieldFault {
  field: string;
  reason: string;
}

export interface ProblemDetails {
  errors?: readonly FieldFault[];
  /** The id of the request this is about, so that its fate can be looked up later. */
  requestId?: string;
  /** After how many seconds the same call may do better. */
  retryAfterSeconds?: number;
  /** Further headers of the answer. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An answer that is a refusal, as RFC 9457 describes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;

  constructor(kind: ProblemKind, detail: string, details: ProblemDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.details = details;
  }

  get status(): number {
    return problemKinds[this.kind][0];
  }

  /** The same problem, saying which request it is about. */
  about(requestId: string): Problem {
    return new Problem(this.kind, this.message, { ...this.details, requestId });
  }

  /** The `application/problem+json` document. */
  document(): Record<string, unknown> {
    const { errors, requestId } = this.details;
    const [status, title] = problemKinds[this.kind];
    return {
      type: `urn:problem-type:session-queue:${this.kind}`,
      title,
      status,
      detail: this.message,
      ...(requestId === undefined ? {} : { instance: `/v1/requests/${encodeURIComponent(requestId)}` }),
      ...(errors === undefined ? {} : { errors }),
      ...(requestId === undefined ? {} : { requestId }),
    };
  }

  headers(): Record<string, string> {
    const { retryAfterSeconds, headers } = this.details;
    return { ...headers, ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }) };
  }
}
