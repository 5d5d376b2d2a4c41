import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM texts. */
export interface Certificate {
  key: string;
  cert: string;
}

/**
 * A certificate for a host name, signed by itself: nobody trusts it but whoever is told to (`ca`, NODE_EXTRA_CA_CERTS). With days
 * below zero it has expired. Throws where there is no openssl.
 */
export async function makeCertificate(host: string, days = 2): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'session-queue-certificate-'));
  const keyFile = join(folder, 'key.pem');
  const requestFile = join(folder, 'request.pem');
  const extensionsFile = join(folder, 'extensions');
  const openssl = async (...parameters: string[]): Promise<string> => (await run('openssl', parameters)).stdout;
  try {
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', keyFile);
    await openssl('req', '-new', '-key', keyFile, '-subj', `/CN=${host}`, '-out', requestFile);
    await writeFile(extensionsFile, `subjectAltName=DNS:${host}\n`);
    // Only this one makes certificates whose time is over.
    const signing = ['-req', '-in', requestFile, '-signkey', keyFile, '-days', String(days)];
    const cert = await openssl('x509', ...signing, '-extfile', extensionsFile);
    return { key: await readFile(keyFile, 'utf8'), cert };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
