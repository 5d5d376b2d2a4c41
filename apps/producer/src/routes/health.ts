import { ownVersion } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { within } from '../server/deadline.ts';

/** Something that keeps the producer from accepting requests. */
export interface ReadinessProblem {
  code: string;
  message: string;
}

/** `GET /healthz`: the process answers. */
export const showHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** `GET /readyz`: Redis can be written to, and keeps what is written. It says too which version this is. */
export function showReadiness(check: () => Promise<readonly ReadinessProblem[]>, silenceMs: number): RequestHandler {
  return async (_request, response) => {
    const problems = await within(silenceMs, check()).catch((): ReadinessProblem[] => [
      { code: 'redis_unavailable', message: 'Redis does not answer.' },
    ]);
    if (problems.length === 0) response.json({ status: 'ready', version: ownVersion });
    else response.status(503).json({ status: 'not ready', version: ownVersion, problems });
  };
}
