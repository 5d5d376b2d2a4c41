import { Refusal, unknownRule } from '@session-queue/core';
import { Problem } from '../problems/problem.ts';

/** What core answers about a rule: one that is not there is no unknown request. */
export async function aboutRule<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Refusal && error.code === 'not_found' ? unknownRuleProblem(error) : error;
  }
}

export function unknownRuleProblem(cause?: Refusal): Problem {
  return new Problem('unknown-rule', unknownRule, { cause });
}
