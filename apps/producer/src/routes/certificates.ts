import type { SessionQueue } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { certificatePage, certificatePolicy } from '../certificates/certificate-page.ts';
import { emptyQuerySchema, parseOrThrow } from '../problems/field-faults.ts';
import { idOf } from '../requests/request-id.ts';
import { within } from '../server/deadline.ts';
import { answerLines, jsonLines, type LinesSource } from './answer-lines.ts';

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
    const source: LinesSource = {
      entries: queue.certificateLeaves(id),
      silenceMs,
      about: async (answer) => await answer,
    };
    await answerLines(request, response, jsonLines, source);
  };
}
