import { randomUUID } from 'node:crypto';
import {
  type Consumer,
  createLearnosityClient,
  createTransport,
  exitOnBadSettings,
  LearnosityError,
  loadSigner,
  readConsumers,
  requireSdk,
} from '@session-queue/core';

/**
 * Asks Learnosity, once for each consumer of the environment, for a job that does not exist: a call without any effect that
 * shows whether key, secret, domain, address and version are accepted. Exits 1 when one is not.
 */
const consumers = exitOnBadSettings(() => readConsumers(process.env));
const { signer } = loadSigner(requireSdk(import.meta.url));
const transport = createTransport();

async function check(consumer: Consumer): Promise<boolean> {
  const client = createLearnosityClient({ account: consumer, transport, signer });
  const where = `${consumer.name} at ${consumer.baseUrl}/${consumer.ltsVersion}`;
  try {
    const { jobs } = await client.getJobs([randomUUID()]);
    console.log(`${where}: the signature, domain and version are accepted (${jobs.size} jobs, as expected)`);
    return true;
  } catch (error) {
    if (!(error instanceof LearnosityError)) throw error;
    console.log(`${where}: refused with ${error.code}: ${error.message}`);
    return false;
  }
}

const accepted = await Promise.all(consumers.map(check));
transport.stop();
process.exitCode = accepted.every(Boolean) ? 0 : 1;
