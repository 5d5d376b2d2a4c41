import { UnrecoverableError } from 'bullmq';

/**
 * Ends a job as failed, at once and whatever its `attempts` say. People read the message in Bull Board; a stack would only show
 * them where our files lie.
 */
export function failedJob(message: string): UnrecoverableError {
  const error = new UnrecoverableError(message);
  error.stack = `${error.name}: ${message}`;
  return error;
}
