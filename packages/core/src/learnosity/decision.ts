/**
 * What a failed call means for the queue:
 * - `transient`: nobody's fault; try again with backoff
 * - `quota`: over the quota; wait a window, no attempt spent
 * - `item`: the request, or an item in it, is at fault; find it and fail it alone
 * - `absent`: of a deletion: a session of it does not exist (any more)
 * - `consumer`: credentials, rights or configuration; stop the lane, fail nothing
 */
export type Decision = 'transient' | 'quota' | 'item' | 'absent' | 'consumer';

/** Whether a failed call can have had its effect: `refused` is sure that it had none. */
export type Outcome = 'refused' | 'unknown';

/** The calls, named as their quotas are. */
export const endpoints = ['deletion', 'resubmission', 'jobs', 'metadata'] as const;
export type Endpoint = (typeof endpoints)[number];

/** Learnosity's codes that are known to mean something for a queue (its error code page and the SDKs' sources). */
const decisions: ReadonlyMap<number, Decision> = new Map([
  ...codes('transient', 10000, 20018, 50100, 40002),
  ...codes('quota', 42000),
  ...codes('item', 20000, 20001, 20002, 20003, 20004, 20009, 20011, 20027, 30000, 30001),
  ...codes('consumer', 40000, 40001, 40003),
  ...codes('consumer', 41000, 41001, 41002, 41003, 41004, 41005, 41006, 41007, 41008, 41009),
  ...codes('consumer', 20012, 42001, 43000),
]);

/** 20016: session not found. */
const sessionNotFound = 20016;

/** Every code that this decides by itself. */
export const decidedCodes: readonly number[] = [...decisions.keys(), sessionNotFound];

/** Statuses that speak of the address or the credentials, whoever wrote the body. */
const consumerStatuses: ReadonlySet<number> = new Set([401, 404, 405, 407, 410]);

/** 41004: the timestamp is out of range. */
export const clockCode = 41004;

export interface Answered {
  endpoint: Endpoint;
  httpStatus: number;
  /** `meta.code`, where the body could be read and had one. */
  code: number | undefined;
  /** Whether the body was an envelope of Learnosity's. */
  readable: boolean;
}

/** The decision for a call that was answered with a failure: by its code, else by its status, else by its code's family. */
export function decide({ endpoint, httpStatus, code, readable }: Answered): Decision {
  if (httpStatus === 429) return 'quota';
  if (httpStatus === 413) return 'item';
  if (code === sessionNotFound) return endpoint === 'deletion' ? 'absent' : 'item';
  const known = code === undefined ? undefined : decisions.get(code);
  if (known !== undefined) return known;
  if (httpStatus >= 500) return 'transient';
  // A redirect is never followed (one call, one arrival): the base URL is not where the API is.
  if (httpStatus >= 300 && httpStatus < 400) return 'consumer';
  if (consumerStatuses.has(httpStatus)) return 'consumer';
  if (!readable || code === undefined) return 'transient';
  return decideByFamily(code);
}

/**
 * Learnosity numbers its codes by family: 2xxxx and 3xxxx speak of the request, 4xxxx of the caller. A code that came up
 * after this was written is most likely of its family; all others are nobody's fault.
 */
function decideByFamily(code: number): Decision {
  const family = Math.floor(code / 10_000);
  if (family === 2 || family === 3) return 'item';
  return family === 4 ? 'consumer' : 'transient';
}

/** Statuses by which a gateway says that the API behind it gave no (good) answer; 52x are Cloudflare's. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 504, 520, 522, 524]);

/**
 * Whether an answered failure can have had its effect all the same.
 * An envelope with `meta.status` false, or a status below 500 other than 2xx, is Learnosity saying that it did not do it: so is
 * 10000, since a job that exists is answered with its reference. Not so a gateway's 502 or 504, or any 5xx without an envelope:
 * the API behind it may have the call, and only its answer was lost. Nor a 2xx whose body cannot be read: it says that the
 * call was a success.
 */
export function outcomeOf({ httpStatus, readable }: Pick<Answered, 'httpStatus' | 'readable'>): Outcome {
  if (gatewayStatuses.has(httpStatus)) return 'unknown';
  const mayHaveWorked = httpStatus >= 500 || (httpStatus >= 200 && httpStatus < 300);
  return mayHaveWorked && !readable ? 'unknown' : 'refused';
}

function codes(decision: Decision, ...numbers: number[]): [number, Decision][] {
  return numbers.map((number) => [number, decision]);
}
