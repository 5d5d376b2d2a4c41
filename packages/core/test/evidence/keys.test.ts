import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createKeyPair, readPublicKeys, readSigningKey, signValue, verifyValue } from '../../src/evidence/keys.ts';

const pair = createKeyPair();
const signing = readSigningKey(pair.privatePem);
const trusted = readPublicKeys([pair.publicPem]);

describe('keys', () => {
  test('are known by the first 8 bytes of SHA-256 over the public half', () => {
    const der = createPublicKey(pair.publicPem).export({ type: 'spki', format: 'der' });
    const id = createHash('sha256').update(der).digest().subarray(0, 8).toString('hex');
    expect([pair.id, signing.id, ...trusted.keys()]).toEqual([id, id, id]);
  });

  test('sign a value in whatever order its fields come, for one purpose', () => {
    const [key] = trusted.values();
    if (key === undefined) throw new Error('no key');
    const signature = signValue('checkpoint', { a: 1, b: 2 }, signing);
    expect(verifyValue('checkpoint', { b: 2, a: 1 }, signature, key)).toBe(true);
    expect(verifyValue('certificate', { b: 2, a: 1 }, signature, key)).toBe(false);
    expect(verifyValue('checkpoint', { b: 2, a: 2 }, signature, key)).toBe(false);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaPem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['no key', () => readSigningKey('secret text'), 'no private key could be read: give an Ed25519 private key in PEM'],
    ['a public half to sign by', () => readSigningKey(pair.publicPem), 'no private key could be read'],
    ['a private half to verify by', () => readPublicKeys([pair.privatePem]), 'this is a private key: keep it secret'],
    ['a key of another kind', () => readSigningKey(rsaPem), 'the key is one for rsa: give an Ed25519 private key'],
  ])('refuse %s, and do not repeat it', (_name, read, message) => {
    expect(read).toThrow(expect.objectContaining({ code: 'bad_key', message: expect.stringContaining(message) }));
    expect(read).not.toThrow('secret text');
  });
});
