import type { Kind, RequestState } from '../requests/request.ts';

/**
 * What became of a session in a request: `waiting` is not sent, is being sent, or is to be sent again; `submitted` is at Learnosity,
 * whose job is followed; `parked` has an unknown outcome and waits for a person.
 */
export const sessionOutcomes = [
  'waiting',
  'submitted',
  'succeeded',
  'absent',
  'failed',
  'cancelled',
  'parked',
] as const;
export type SessionOutcome = (typeof sessionOutcomes)[number];

/** A request that a session is in, and what became of it there. Times are ISO 8601, UTC. */
export interface SessionRequest {
  id: string;
  kind: Kind;
  consumer: string;
  state: RequestState;
  outcome: SessionOutcome;
  createdAt: string;
  finishedAt?: string;
}

/** The order of an answer; of one moment by id. */
export function newestFirst(a: SessionRequest, b: SessionRequest): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
