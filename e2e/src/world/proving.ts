import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyPair, type PublicKeys, readPublicKeys } from '@session-queue/core/evidence';
import { secretMarker } from './consumers.ts';

/** Where the evidence of a world lies, and what checks it. */
export interface Proving {
  /** The archive of each consumer is a folder in it. */
  journals: string;
  publicKeys: PublicKeys;
  workerEnv: Readonly<Record<string, string>>;
}

export async function startProving(folder: string): Promise<Proving> {
  const { privatePem, publicPem } = createKeyPair();
  const keyFile = join(folder, 'evidence-key.pem');
  await writeFile(keyFile, privatePem, { mode: 0o600 });
  const journals = join(folder, 'journals');
  const workerEnv = {
    EVIDENCE: 'true',
    EVIDENCE_KEY_FILE: keyFile,
    EVIDENCE_DIR: journals,
    TOMBSTONE_KEY: `${secretMarker}-of-tombstones-${randomBytes(16).toString('hex')}`,
  };
  return { journals, publicKeys: readPublicKeys([publicPem]), workerEnv };
}
