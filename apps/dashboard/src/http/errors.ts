import { Refusal, type RefusalCode } from '@session-queue/core';
import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Caller } from '../accounts/caller.ts';
import { noticePage } from '../pages/notice-page.ts';
import { unknownRequest } from '../requests/unknown-request.ts';
import { Refused, type RefusedOptions } from './refused.ts';

const refusalStatus: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  unknown_consumer: 404,
  not_found: 404,
  id_taken: 409,
  in_progress: 409,
  conflict: 409,
  index_off: 404,
  memory_short: 503,
  unavailable: 503,
  unauthorized: 401,
  forbidden: 403,
  rate_limited: 429,
  too_large: 413,
  busy: 503,
};

interface Answer {
  status: number;
  message: string;
  title?: string | undefined;
  way?: RefusedOptions['way'] | undefined;
}

/** The last word on every request that failed: one sentence, as a page for people and as JSON for programs. */
export function errorAnswers(logger: Logger, caller: Caller): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const answer = answerTo(error);
    if (answer.status >= 500)
      logger.error({ err: error, method: request.method, route: routeOf(request) }, answer.message);
    if (response.headersSent) return next(error);
    send(request, response, answer, caller);
  };
}

/** The route's pattern and never the address: what stands there is up to whoever calls. */
function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  return typeof route.path === 'string' ? route.path : 'none';
}

/** Where nothing is. */
export function notFound(caller: Caller): (request: Request, response: Response) => void {
  return (request, response) => send(request, response, { status: 404, message: 'There is no such page.' }, caller);
}

function answerTo(error: unknown): Answer {
  if (error instanceof Refused)
    return { status: error.status, message: error.message, title: error.title, way: error.way };
  if (error instanceof Refusal && error.code === 'not_found') return { status: 404, message: unknownRequest };
  if (error instanceof Refusal) return { status: refusalStatus[error.code], message: sentence(error.message) };
  const status = clientFault(error);
  if (status === 413) return { status, message: 'This is more than a form may hold. Nothing was done.' };
  if (status !== undefined) return { status, message: 'This request is not as it should be.' };
  return { status: 500, message: 'Something went wrong here. The log says more.' };
}

/** What Express throws over a body or a path carries a status below 500. */
function clientFault(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function send(request: Request, response: Response, { status, message, title, way }: Answer, caller: Caller): void {
  response.status(status);
  if (request.accepts(['json', 'html']) !== 'html') return void response.json({ error: message });
  const refreshSeconds = status === 503 && request.method === 'GET' ? 5 : undefined;
  const said = title ?? titles.get(status) ?? 'That did not work';
  response.send(noticePage({ title: said, message, account: caller.current, refreshSeconds, way }));
}

const titles: ReadonlyMap<number, string> = new Map([
  [401, 'Signed out'],
  [403, 'Not allowed'],
  [404, 'Not found'],
  [409, 'Not possible now'],
  [503, 'Not possible right now'],
]);

function sentence(message: string): string {
  const text = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return text.endsWith('.') ? text : `${text}.`;
}
