import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SessionQueue } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { certificatePage, certificatePolicy } from '../certificates/certificate-page.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { idOf } from '../requests/request-id.ts';
import { within } from '../server/deadline.ts';
import { isGone } from '../server/is-gone.ts';
import { mediaTypes } from '../streams/stream-format.ts';

interface CertificatesContext {
  queue: SessionQueue;
  silenceMs: number;
}

/** `GET /v1/requests/{id}/certificate`: JSON, unless the client would rather have a page to print. */
export function showCertificate({ queue, silenceMs }: CertificatesContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const certificate = await within(silenceMs, queue.certificate(id));
    response.vary('Accept');
    if (request.accepts(['application/json', 'text/html']) === 'text/html') {
      response.set('Content-Security-Policy', certificatePolicy).type('html').send(certificatePage(certificate));
    } else response.json(certificate);
  };
}

/** `GET /v1/requests/{id}/certificate/leaves`: what proofs for a large certificate are made from, read as fast as the client takes it. */
export function showLeaves({ queue, silenceMs }: CertificatesContext): RequestHandler {
  return async (request, response) => {
    const id = idOf(request);
    parseOrThrow(emptyQuerySchema, request.query, 'query');
    const pieces = queue.certificateLeaves(id)[Symbol.asyncIterator]();
    const next = async () => await within(silenceMs, pieces.next());
    // Before the head of the answer: what is refused gets a problem document.
    const first = await next();
    response.type(mediaTypes.ndjson);
    if (request.method === 'HEAD') {
      await pieces.return?.();
      response.end();
      return;
    }
    await pipeline(Readable.from(textOf(first, next)), response).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  };
}

type Piece = IteratorResult<readonly string[], unknown>;

async function* textOf(first: Piece, next: () => Promise<Piece>): AsyncGenerator<string> {
  for (let piece = first; piece.done !== true; piece = await next()) yield `${piece.value.join('\n')}\n`;
}
