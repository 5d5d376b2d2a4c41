import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { EvidenceError } from './evidence-error.ts';

/** What signs checkpoints and certificates. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** The public keys that are trusted, by their ids: more than one where keys were changed. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** A new pair, as PEM: PKCS #8 and SPKI. */
export interface KeyPairPem {
  readonly id: string;
  readonly privatePem: string;
  readonly publicPem: string;
}

/** What a signature is for: one of a checkpoint is never one of a certificate. */
export type Purpose = 'checkpoint' | 'certificate';

export function createKeyPair(): KeyPairPem {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    id: keyIdOf(publicKey),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Throws an `EvidenceError` (`bad_key`) when the text is no Ed25519 private key in PEM. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = ed25519(() => createPrivateKey(pem), 'private');
  return { id: keyIdOf(createPublicKey(privateKey)), privateKey };
}

/** Throws an `EvidenceError` (`bad_key`) when one of the texts is no Ed25519 public key in PEM. */
export function readPublicKeys(pems: readonly string[]): PublicKeys {
  return new Map(
    pems.map((pem) => {
      // Node would make the public key of it, and nobody would notice that the private one goes around.
      if (pem.includes('PRIVATE KEY')) {
        throw new EvidenceError('bad_key', 'this is a private key: keep it secret, and give its public key');
      }
      const key = ed25519(() => createPublicKey(pem), 'public');
      return [keyIdOf(key), key];
    }),
  );
}

/** The signature over a value's canonical form, in base64. */
export function signValue(purpose: Purpose, value: object, key: SigningKey): string {
  return sign(null, signedBytes(purpose, value), key.privateKey).toString('base64');
}

export function verifyValue(purpose: Purpose, value: object, signature: string, key: KeyObject): boolean {
  return verify(null, signedBytes(purpose, value), key, Buffer.from(signature, 'base64'));
}

function signedBytes(purpose: Purpose, value: object): Buffer {
  return Buffer.from(`session-queue ${purpose} 1\n${canonicalJson(value)}`);
}

function keyIdOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
}

function ed25519(read: () => KeyObject, half: 'private' | 'public'): KeyObject {
  const advice = `give an Ed25519 ${half} key in PEM, unencrypted`;
  let key: KeyObject;
  try {
    key = read();
  } catch (cause) {
    throw new EvidenceError('bad_key', `no ${half} key could be read: ${advice}`, { cause });
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new EvidenceError('bad_key', `the key is one for ${key.asymmetricKeyType}: ${advice}`);
}
