import { types } from 'node:util';

/** Fields of errors that are known to hold nothing private. */
const knownFields = [
  'code',
  'decision',
  'outcome',
  'httpStatus',
  'field',
  'problems',
  'syscall',
  'address',
  'port',
] as const;
const maxCauses = 5;

export interface ErrorDescription {
  type: string;
  message: string;
  stack: string | undefined;
  cause?: ErrorDescription;
  [field: string]: unknown;
}

/** An error as the log shows it: its type, message, stack, known fields and causes, and nothing else that hangs on it. */
export function describeError(error: Error, causesLeft = maxCauses): ErrorDescription {
  const described: ErrorDescription = { type: error.name, message: error.message, stack: error.stack };
  for (const field of knownFields) {
    const value = Object.getOwnPropertyDescriptor(error, field)?.value;
    if (value !== undefined) described[field] = value;
  }
  if (types.isNativeError(error.cause) && causesLeft > 0) described.cause = describeError(error.cause, causesLeft - 1);
  return described;
}
