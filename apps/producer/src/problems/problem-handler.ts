import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { describeError } from './describe-error.ts';
import type { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Answers every error with its problem document, and logs those that are not the client's doing. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logProblem(log, problem);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(response, problem);
  };
}

/** Writes the problem's document as the answer. */
export function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .set(problem.headers())
    .type('application/problem+json')
    .send(JSON.stringify(problem.document()));
}

function logProblem(log: Logger, problem: Problem): void {
  const entry = { problem: problem.kind, requestId: problem.details.requestId, error: describeError(problem.cause) };
  if (problem.kind === 'internal') log.error(entry, 'a request failed');
  else log.warn(entry, 'a request was put off');
}
