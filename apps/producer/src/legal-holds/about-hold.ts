import { Refusal, unknownLegalHold } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';

/** What core answers about a legal hold: one that is not there is no unknown request. */
export async function aboutHold<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Refusal && error.code === 'not_found' ? unknownHoldProblem(error) : error;
  }
}

export function unknownHoldProblem(cause?: Refusal): Problem {
  return new Problem('unknown-legal-hold', unknownLegalHold, { cause });
}
