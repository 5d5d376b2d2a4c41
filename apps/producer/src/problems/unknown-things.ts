import { Refusal, unknownLegalHold, unknownRule, unknownSelection } from '@session-queue/core';
import { Problem, type ProblemKind } from './problem.ts';

export const unknownSelectionProblem = unknownOne('unknown-selection', unknownSelection);
export const unknownRuleProblem = unknownOne('unknown-rule', unknownRule);
export const unknownHoldProblem = unknownOne('unknown-legal-hold', unknownLegalHold);

/** What core answers about a selection, a rule, a legal hold: one that is not there is no unknown request. */
export const aboutSelection = aboutOne(unknownSelectionProblem);
export const aboutRule = aboutOne(unknownRuleProblem);
export const aboutHold = aboutOne(unknownHoldProblem);

function unknownOne(kind: ProblemKind, detail: string): (cause?: Refusal) => Problem {
  return (cause) => new Problem(kind, detail, { cause });
}

function aboutOne(unknown: (cause: Refusal) => Problem): <T>(answer: Promise<T>) => Promise<T> {
  return async (answer) => {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof Refusal && error.code === 'not_found' ? unknown(error) : error;
    }
  };
}
