import { types } from 'node:util';
import { describeError } from './describe-error.ts';

/** Fields that hold secrets, or what belongs to learners, wherever they stand. */
const privateNames = [
  'authorization',
  'consumerKey',
  'consumerSecret',
  'consumer_key',
  'cookie',
  'item',
  'items',
  'key',
  'password',
  'secret',
  'security',
  'sessionId',
  'sessionIds',
  'session_id',
  'session_ids',
  'setCookie',
  'signature',
  'submission',
  'submissions',
  'token',
];
const privateFields: ReadonlySet<string> = new Set(privateNames.map(plainName));

/**
 * The same for pino's own redaction, for what does not pass here: the fields of child loggers, and what serializers write
 * of requests and responses.
 */
export const privatePaths = [
  ...privateNames.flatMap((name) => [name, `*.${name}`]),
  'req.headers.authorization',
  'req.headers.cookie',
  'res.headers["set-cookie"]',
];

const maxDepth = 6;
/** Stands where something was. */
export const removed = '[removed]';

/**
 * A copy for the log, without what no log may hold (invariant 9): private fields, bytes, and what an error carries beside
 * its message (the Redis client hangs the command with all its arguments on it).
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
  return isPlain(value) ? copyFields(value, depth) : value;
}

/** Others (dates, URLs, requests) know how to write themselves, or have a serializer. */
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
