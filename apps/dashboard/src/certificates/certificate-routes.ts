import type { SessionQueue } from '@session-queue/core';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { redisWork } from '../http/redis-work.ts';
import { withoutLeaves } from './without-leaves.ts';

const readWithinMs = 5_000;
const query = z.object({ id: z.string().min(1).max(255) });

export interface CertificateOptions {
  sessionQueue: Pick<SessionQueue, 'certificate'>;
}

/** `GET /certificate.json?id=` gives the certificate of a request as a file, without its leaves; 409 with the reason where there is none. */
export function certificateRoutes(options: CertificateOptions): Router {
  return Router().get('/certificate.json', download(options));
}

function download({ sessionQueue }: CertificateOptions): RequestHandler {
  return async (request, response) => {
    const asked = query.safeParse(request.query);
    if (!asked.success) return response.redirect(303, '/');
    const certificate = await redisWork(readWithinMs, sessionQueue.certificate(asked.data.id));
    response
      .attachment('certificate.json')
      .type('json')
      .send(`${JSON.stringify(withoutLeaves(certificate), undefined, 2)}\n`);
  };
}
