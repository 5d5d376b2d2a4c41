import { types } from 'node:util';
import { describeError } from './describe-error.ts';

/** Fields that hold secrets, or what belongs to learners, wherever they stand and however they are spelt. */
const privateNames = [
  'authorization',
  'consumerKey',
  'consumerSecret',
  'cookie',
  'item',
  'items',
  'key',
  'password',
  'secret',
  'security',
  'sessionId',
  'sessionIds',
  'setCookie',
  'signature',
  'submission',
  'submissions',
  'token',
];
const privateFields: ReadonlySet<string> = new Set(privateNames.map(plainName));

const maxDepth = 6;
/** Stands where something was. */
const removed = '[removed]';

/**
 * A copy for the log, of a line's fields or of those that a logger adds to its lines, without what no log may hold (invariant 9):
 * private fields, bytes, and what an error carries beside its message (the Redis client hangs the command with all its arguments on it).
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return copyFields(fields, 0);
}

function copyFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isPrivate(name) ? removed : copyValue(value, depth + 1)]),
  );
}

function copyValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (types.isNativeError(value)) return describeError(value);
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
  if (depth > maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.map((element) => copyValue(element, depth + 1));
  // Dates and URLs know how to write themselves.
  return !isPlain(value) && 'toJSON' in value ? value : copyFields(value, depth);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isPrivate(name: string): boolean {
  return privateFields.has(plainName(name));
}

/** Without case, `_` and `-`. */
function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}
