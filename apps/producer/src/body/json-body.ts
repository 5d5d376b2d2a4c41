import type { Kind } from '@session-queue/core';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { ByteBudget, GiveBack } from '../memory/byte-budget.ts';
import { Problem } from '../problems/problem.ts';
import { streamTypesOf } from '../streams/stream-format.ts';
import { BodyWithItems } from './body-with-items.ts';
import { hasBody, requireJson } from './media-type.ts';
import { parseJson } from './parse-json.ts';
import { readBody, tooLarge } from './read-body.ts';

/** Enough for every body without items. */
export const maxSmallBodyBytes = 16 * 1024;
/** Enough for a filter with three full lists of ids: 1,000 of 255 characters in each. */
export const maxFilterBodyBytes = 1024 * 1024;
/** Bodies up to this size never wait behind large ones. */
const unreservedBytes = 1024 * 1024;

/** Reads a JSON body with the filter of a selection into `request.body`. */
export function filterJsonBody(): RequestHandler[] {
  return smallJsonBody(maxFilterBodyBytes);
}

/** Reads a small JSON body into `request.body`. */
export function smallJsonBody(maxBytes = maxSmallBodyBytes): RequestHandler[] {
  const raw = express.raw({ limit: maxBytes, type: () => true });
  const read: RequestHandler = (request, response, next) => {
    raw(request, response, (error?: unknown) => {
      const isTooLarge = error instanceof Error && 'status' in error && error.status === 413;
      next(isTooLarge ? tooLarge(maxBytes) : error);
    });
  };
  return [requireBody, requireJson(), read, parse];
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

/**
 * Reads a body with items of a kind, of at most `maxBytes`, into `request.body` as `BodyWithItems` does. What is held of it
 * counts against the budget until the response is over: up to 1,048,576 bytes nothing, else at first the size announced
 * (`maxBytes` when none is, or the body is compressed), less and less of it while it is read, and then what its items take.
 */
export function bodyWithItems(kind: Kind, maxBytes: number, budget: ByteBudget): RequestHandler[] {
  const read: RequestHandler = async (request, response, next) => {
    const announced = announcedBytes(request) ?? maxBytes;
    // It would wait for room that it never finds.
    if (announced > maxBytes) throw tooLarge(maxBytes);
    const hold = announced > unreservedBytes ? await takeRoom(budget, announced, response) : undefined;
    const body = new BodyWithItems(kind);
    let left = announced;
    await readBody(request, maxBytes, (piece) => {
      left -= piece.length;
      body.next(piece);
      hold?.(left + body.bytes);
    });
    request.body = body.end();
    hold?.(body.bytes);
    next();
  };
  return [requireBody, requireJson(streamTypesOf(kind)), read];
}

const requireBody: RequestHandler = (request, _response, next) => {
  if (!hasBody(request.headers)) throw new Problem('invalid-request', 'A JSON body is expected.');
  next();
};

/** The size of the body once it is decoded, where it is known. */
function announcedBytes(request: Request): number | undefined {
  // A compressed body, and one in chunks, may be as large as it likes.
  const length = request.get('content-encoding') === undefined ? request.get('content-length') : undefined;
  return length === undefined ? undefined : Number(length);
}

/** The function it returns says how much is still held. */
async function takeRoom(budget: ByteBudget, bytes: number, response: Response): Promise<GiveBack> {
  const giveBack = await budget.take(bytes);
  if (response.closed) giveBack();
  response.once('close', () => giveBack());
  return giveBack;
}

const parse: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  request.body = parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  next();
};
