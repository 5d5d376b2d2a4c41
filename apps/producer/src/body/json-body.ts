import express, { type RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';
import type { ByteBudget } from './byte-budget.ts';
import { hasBody, requireJson } from './media-type.ts';
import { parseJson } from './parse-json.ts';

/** Enough for every body without items. */
const maxSmallBodyBytes = 16 * 1024;
/** Bodies up to this size never wait behind large ones. */
const unreservedBytes = 1024 * 1024;

/** Reads a JSON body of at most `maxBytes` into `request.body`, within the budget of all bodies. */
export function jsonBody(maxBytes: number, budget: ByteBudget): RequestHandler[] {
  return [requireBody, requireJson, refuseTooLarge(maxBytes), reserve(maxBytes, budget), read(maxBytes), parse];
}

/** Reads a small JSON body into `request.body`. */
export function smallJsonBody(): RequestHandler[] {
  return [requireBody, requireJson, read(maxSmallBodyBytes), parse];
}

/** For actions that take no input: no body, or a JSON object, which the handler expects to be empty. */
export function optionalJsonBody(): RequestHandler[] {
  return smallJsonBody().map((handler) => (request, response, next) => {
    if (hasBody(request.headers)) return handler(request, response, next);
    request.body = {};
    next();
    return undefined;
  });
}

const requireBody: RequestHandler = (request, _response, next) => {
  if (!hasBody(request.headers)) throw new Problem('invalid-request', 'A JSON body is expected.');
  next();
};

/** Before the body waits for room: it would never find any. */
function refuseTooLarge(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    if (Number(request.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
    next();
  };
}

function reserve(maxBytes: number, budget: ByteBudget): RequestHandler {
  return async (request, response, next) => {
    // A compressed body, and one in chunks, may be as large as it likes.
    const isPlain = request.get('content-encoding') === undefined;
    const length = isPlain ? request.get('content-length') : undefined;
    const bytes = length === undefined ? maxBytes : Number(length);
    if (bytes <= unreservedBytes) {
      next();
      return;
    }
    const giveBack = await budget.take(bytes);
    if (response.closed) giveBack();
    response.once('close', giveBack);
    next();
  };
}

function read(maxBytes: number): RequestHandler {
  const raw = express.raw({ limit: maxBytes, type: () => true });
  return (request, response, next) => {
    raw(request, response, (error?: unknown) => {
      if (error instanceof Error && 'status' in error && error.status === 413) next(tooLarge(maxBytes));
      else next(error);
    });
  };
}

const parse: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  request.body = parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  next();
};

function tooLarge(maxBytes: number): Problem {
  return new Problem('too-large', `A body may have at most ${maxBytes} bytes; send the items in several requests.`);
}
