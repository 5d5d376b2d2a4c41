import { type ConsumerKeys, certify, dueCertificates } from '@session-queue/core/engine';
import type { SigningKey } from '@session-queue/core/evidence';
import type { Logger } from 'pino';

const mostAtOnce = 20;

/** Makes certificates that are due, some at a time; answers with how many. */
export async function issueDue(options: {
  keys: ConsumerKeys;
  key: SigningKey;
  logger: Logger;
  onStep: () => Promise<void>;
}): Promise<number> {
  const { keys, key, logger, onStep } = options;
  const due = await dueCertificates(keys, mostAtOnce);
  for (const request of due) {
    await onStep();
    const fault = await certify(keys, request, key, onStep);
    if (fault !== undefined) {
      logger.warn({ consumer: keys.consumer, request, reason: fault }, 'a request ends without a certificate');
    }
  }
  return due.length;
}
