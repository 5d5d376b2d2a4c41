import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSystem } from '../demo/system.mjs';
import { Failure } from '../failure.mjs';
import { sessionQueue } from './cli.mjs';
import { writeKeys } from './people.mjs';

/**
 * The system with all that proves an erasure switched on, and where its proofs lie.
 * @typedef {object} ErasureSystem
 * @property {import('../demo/system.mjs').System} system
 * @property {import('./people.mjs').Tokens} tokens
 * @property {string} publicKey the file with the public key
 * @property {string} journal the folder of the journal
 */

/**
 * @param {object} options
 * @param {string} options.folder of this run
 * @param {NodeJS.ProcessEnv} options.environment
 * @param {import('../demo/system.mjs').Cleanup} options.cleanup
 * @param {AbortSignal} options.signal
 * @returns {Promise<ErasureSystem>}
 */
export async function startErasureSystem({ folder, environment, cleanup, signal }) {
  const privateKey = join(folder, 'evidence-key');
  const publicKey = join(folder, 'evidence.pub');
  const journal = join(folder, 'journal');
  const made = await sessionQueue('evidence-key', '--output', privateKey);
  if (made.code !== 0) throw new Failure(`No key for the evidence: ${made.output}`);
  await writeFile(publicKey, `${publicPart(made.output)}\n`);
  await mkdir(journal, { recursive: true });
  const { file, tokens } = await writeKeys(folder);
  const system = await startSystem({
    folder,
    stand: [],
    worker: {
      LEARNOSITY_APPROVAL_OVER: '100',
      // In place of 5 minutes and a day, so that one can wait for it.
      LEARNOSITY_VERIFY_AFTER_SECONDS: '3',
      LEARNOSITY_VERIFY_FOR_SECONDS: '120',
      TOMBSTONE_KEY: randomBytes(32).toString('hex'),
      EVIDENCE: 'true',
      EVIDENCE_KEY_FILE: privateKey,
      EVIDENCE_DIR: journal,
    },
    producer: { PRODUCER_API_KEYS_FILE: file },
    environment,
    cleanup,
    signal,
  });
  return { system, tokens, publicKey, journal };
}

/** @param {string} output what the command printed, words for people beside it */
function publicPart(output) {
  const [pem] = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/.exec(output) ?? [];
  if (pem === undefined) throw new Failure(`This holds no public key: ${output}`);
  return pem;
}
