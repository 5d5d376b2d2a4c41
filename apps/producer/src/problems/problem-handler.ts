import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { callerNameOf } from '../auth/caller.ts';
import { describeError } from './describe-error.ts';
import type { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Answers every error with its problem document, and logs those that are not the client's doing. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status >= 500) logProblem(log, request, problem);
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

/** Says in the log what went wrong for whom, and with which request. */
export function logProblem(log: Logger, request: Request, problem: Problem): void {
  const { kind, details, cause } = problem;
  const by = callerNameOf(request);
  const entry = { problem: kind, by, requestId: details.requestId, error: describeError(cause) };
  if (problem.kind === 'internal') log.error(entry, 'a request failed');
  else log.warn(entry, 'a request was put off');
}
