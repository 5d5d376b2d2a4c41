import { Refusal, unknownSelection } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';

/** What core answers about a selection: one that is not there is no unknown request. */
export async function aboutSelection<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Refusal && error.code === 'not_found' ? unknownSelectionProblem(error) : error;
  }
}

export function unknownSelectionProblem(cause?: Refusal): Problem {
  return new Problem('unknown-selection', unknownSelection, { cause });
}
