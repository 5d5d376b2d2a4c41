import { UnrecoverableError } from 'bullmq';

/** A callback that did not get through, and is tried again. Its message is all that BullMQ keeps of it. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** What the receiver asked for by `Retry-After`. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    // People read it in Redis; a stack would only show where our files lie.
    this.stack = `${this.name}: ${message}`;
  }
}

/** A callback that nobody tries again. */
export function lastFailure(message: string): UnrecoverableError {
  const error = new UnrecoverableError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
