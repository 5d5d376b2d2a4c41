import { ownVersion, type RedisProblem, type SystemHealth } from '@session-queue/core';
import type { RequestHandler } from 'express';
import { within } from '../server/deadline.ts';

/** Problems keep the producer from accepting requests; warnings do not. */
export interface Readiness extends Partial<Pick<SystemHealth, 'warnings' | 'unchecked'>> {
  problems: readonly { code: string; message: RedisProblem['message'] }[];
}

/** `GET /healthz`: the process answers. */
export const showHealth: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** `GET /readyz`: Redis can be written to, and keeps what is written. It says too which version this is, and who works. */
export function showReadiness(check: () => Promise<Readiness>, silenceMs: number): RequestHandler {
  return async (_request, response) => {
    const {
      problems,
      warnings = [],
      unchecked = [],
    } = await within(silenceMs, check()).catch(
      (): Readiness => ({ problems: [{ code: 'redis_unavailable', message: 'Redis does not answer.' }] }),
    );
    const more = { ...(warnings.length > 0 && { warnings }), ...(unchecked.length > 0 && { unchecked }) };
    if (problems.length === 0) response.json({ status: 'ready', version: ownVersion, ...more });
    else response.status(503).json({ status: 'not ready', version: ownVersion, problems, ...more });
  };
}
