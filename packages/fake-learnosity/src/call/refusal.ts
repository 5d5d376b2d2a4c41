/** A call that is refused: HTTP status, and code and message for `meta`. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor({ status, code }: RefusalKind, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

export interface RefusalKind {
  status: number;
  code: number;
}

/**
 * What the stand-in refuses with. Numbers and statuses are those of "Troubleshooting" (Data API). Where the documentation gives
 * only a group of codes for a kind of fault (credentials, method), the member of the group was chosen here; such are marked.
 */
export const refusals = {
  missingParameter: { status: 400, code: 20000 },
  wrongLength: { status: 400, code: 20001 },
  tooManyValues: { status: 400, code: 20002 },
  wrongType: { status: 400, code: 20003 },
  wrongValue: { status: 400, code: 20004 },
  notJson: { status: 400, code: 20009 },
  notFound: { status: 404, code: 20012 },
  /** Chosen: the documentation gives 405 without a code. */
  wrongMethod: { status: 405, code: 40001 },
  /** Chosen from 41000 to 41009. */
  noSecurity: { status: 400, code: 41000 },
  /** As the Events API's page has it. */
  unknownConsumer: { status: 403, code: 41002 },
  wrongSignature: { status: 403, code: 41003 },
  wrongTimestamp: { status: 403, code: 41004 },
  /** Chosen from 41000 to 41009. */
  wrongDomain: { status: 403, code: 41005 },
  /** Chosen from 41000 to 41009. */
  expired: { status: 403, code: 41006 },
  overQuota: { status: 429, code: 42000 },
  removedVersion: { status: 410, code: 42001 },
  /** Chosen: 413 is documented without a code. */
  tooLarge: { status: 413, code: 20001 },
} as const satisfies Record<string, RefusalKind>;
