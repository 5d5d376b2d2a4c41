import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from '@session-queue/testing';
import { TlsFront } from '../tap/tls-front.ts';
import { preloaded } from './preloaded.ts';

const host = 'learnosity.test';
const address = '127.0.0.1';

/** Learnosity as it is in earnest: a name that is to be resolved, and a server whose certificate is to be trusted. */
export interface Https {
  baseUrl: string;
  /** Of the workers: the name is known to nobody else, and the certificates are trusted by nobody else. */
  workerEnv: Readonly<Record<string, string>>;
  front: TlsFront;
  /** Each is wanting in one thing: trust, time, or the name. */
  wanting: Readonly<Record<'untrusted' | 'expired' | 'of another name', Certificate>>;
  /** How the name is resolved from now on; as it should be when absent. */
  resolve(as?: 'ENOTFOUND' | 'EAI_AGAIN' | 'silent'): Promise<void>;
}

/** Puts HTTPS before a target that speaks plain HTTP. Files go into the folder. */
export async function startHttps(folder: string, targetPort: number): Promise<Https> {
  const usual = await makeCertificate(host);
  const wanting = {
    untrusted: await makeCertificate(host),
    expired: await makeCertificate(host, -1),
    'of another name': await makeCertificate('elsewhere.test'),
  };
  const trusted = join(folder, 'trusted.pem');
  await writeFile(trusted, [usual, wanting.expired, wanting['of another name']].map(({ cert }) => cert).join(''));
  const resolver = join(folder, 'resolver');
  const resolve: Https['resolve'] = async (as) => await writeFile(resolver, as ?? address);
  await resolve();
  const front = await TlsFront.start(targetPort, usual);
  return {
    baseUrl: `https://${host}:${front.port}`,
    workerEnv: {
      NODE_EXTRA_CA_CERTS: trusted,
      ...preloaded('resolve-name', { RESOLVED_HOST: host, RESOLVER_FILE: resolver }),
    },
    front,
    wanting,
    resolve,
  };
}
