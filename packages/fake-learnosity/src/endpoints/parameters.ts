import { Refusal, refusals } from '../call/refusal.ts';

/** The parsed `request` of a call. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Parses the `request` text: it must be a JSON object. */
export function readParameters(text: string): Parameters {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Refusal(refusals.notJson, `JSON failed to validate: request (${String(cause)})`);
  }
  if (!isObject(parsed)) throw new Refusal(refusals.wrongType, 'Invalid parameter type: request must be an object');
  return parsed;
}

function isObject(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Refuses parameters that are not documented, so that a misspelt one is found. Stricter than the documentation, which is silent
 * here. `meta` is what the SDKs put in for their telemetry.
 */
export function allowOnly(parameters: Parameters, known: readonly string[]): void {
  for (const name of Object.keys(parameters)) {
    if (name !== 'meta' && !known.includes(name)) {
      throw new Refusal(refusals.wrongValue, `Invalid parameter value: ${name} is not a parameter`);
    }
  }
}

/** A list of 1 to `most` non-empty strings. */
export function stringList(parameters: Parameters, name: string, most: number): string[] | undefined {
  const value = parameters[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new Refusal(refusals.wrongType, `Invalid parameter type: ${name} must be an array`);
  if (value.length === 0) throw new Refusal(refusals.wrongLength, `Invalid parameter length: ${name} is empty`);
  if (value.length > most) {
    throw new Refusal(refusals.tooManyValues, `Too many parameters passed: ${name} has more than ${most} entries`);
  }
  return value.map((entry: unknown, place) => {
    if (typeof entry !== 'string') {
      throw new Refusal(refusals.wrongType, `Invalid parameter type: ${name}[${place}] must be a string`);
    }
    if (entry === '') throw new Refusal(refusals.wrongLength, `Invalid parameter length: ${name}[${place}] is empty`);
    return entry;
  });
}

/** As `stringList`, but it must be there. */
export function mandatoryList(parameters: Parameters, name: string, most: number): string[] {
  const list = stringList(parameters, name, most);
  if (list === undefined) throw new Refusal(refusals.missingParameter, `Missing mandatory parameter(s): ${name}`);
  return list;
}

/** One of the values that are allowed; `undefined` where the parameter is left out. */
export function oneOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[]): T | undefined {
  const value = parameters[name];
  return value === undefined ? undefined : allowedValue(value, name, allowed);
}

/** A list of values that are allowed. */
export function someOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[]): T[] | undefined {
  return stringList(parameters, name, allowed.length)?.map((value) => allowedValue(value, name, allowed));
}

function allowedValue<T extends string>(value: unknown, name: string, allowed: readonly T[]): T {
  if (typeof value !== 'string') throw new Refusal(refusals.wrongType, `Invalid parameter type: ${name}`);
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new Refusal(refusals.wrongValue, `Invalid parameter value: ${name}`);
  return found;
}

export function flag(parameters: Parameters, name: string): boolean {
  const value = parameters[name];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw new Refusal(refusals.wrongType, `Invalid parameter type: ${name}`);
  return value;
}

/** `limit`: 1 to 50, by default 50, on every call here. */
export function pageSize(parameters: Parameters): number {
  const value = parameters.limit ?? 50;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new Refusal(refusals.wrongType, 'Invalid parameter type: limit must be an integer');
  }
  if (value < 1 || value > 50) throw new Refusal(refusals.wrongValue, 'Invalid parameter value: limit must be 1 to 50');
  return value;
}

const isoTime = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A UNIX time in seconds (number or digits) or an ISO 8601 text (UTC unless it says otherwise); returned in epoch milliseconds. */
export function time(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value * 1000;
  if (typeof value !== 'string') throw new Refusal(refusals.wrongType, `Invalid parameter type: ${name}`);
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const [text, clock, zone] = isoTime.exec(value) ?? [];
  const parsed =
    text === undefined ? Number.NaN : Date.parse(clock !== undefined && zone === undefined ? `${text}Z` : text);
  if (Number.isNaN(parsed)) throw new Refusal(refusals.wrongValue, `Invalid parameter value: ${name}`);
  return parsed;
}

/** Times are kept to the second there: a moment is in the span when its second is. */
export function isWithin(moment: number, from: number | undefined, to: number | undefined): boolean {
  const second = Math.floor(moment / 1000) * 1000;
  return (from === undefined || second >= from) && (to === undefined || second <= to);
}

/** The text of `next`, which must be one that an answer gave. */
export function pageToken(parameters: Parameters, form: RegExp): RegExpExecArray | undefined {
  const value = parameters.next;
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new Refusal(refusals.wrongType, 'Invalid parameter type: next');
  const parts = form.exec(value);
  if (parts === null) throw new Refusal(refusals.wrongValue, 'Invalid parameter value: next');
  return parts;
}
