import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  type Certificate,
  type CertificateFacts,
  maxCarriedLeaves,
} from '../../../src/evidence/certificate/certificate.ts';
import { GoneSessions } from '../../../src/evidence/certificate/gone-sessions.ts';
import { issueCertificate } from '../../../src/evidence/certificate/issue-certificate.ts';
import { proveDeletion } from '../../../src/evidence/certificate/prove-deletion.ts';
import { verifyCertificate } from '../../../src/evidence/certificate/verify-certificate.ts';
import { signValue } from '../../../src/evidence/keys.ts';
import { newSalt, saltedLeaf } from '../../../src/evidence/merkle/salted-leaf.ts';
import { at, newPair } from '../evidence-lab.ts';

const pair = newPair();
const { signing, trusted } = pair;

function factsOf(succeeded: number, failed = 3): CertificateFacts {
  const zeros = { duplicates: 0, absent: 0, cancelled: 0, parked: 0, resent: 0 };
  return {
    request: { id: 'r-1', kind: 'deletion', consumer: 'north', requestedBy: 'ada', reason: 'GDPR request 117' },
    state: 'failed',
    times: { accepted: at, firstSent: at, lastCompleted: at, ended: at },
    counts: { ...zeros, total: succeeded + failed, succeeded, failed },
    verification: { at, checked: succeeded, present: 0 },
    journal: {
      accepted: { sequence: 1, hash: '1'.repeat(64) },
      ended: { sequence: 9, hash: '9'.repeat(64) },
    },
    issuedAt: at,
  };
}

function issue(ids: readonly string[], salt?: Buffer): Certificate {
  const gone = new GoneSessions(salt);
  for (const id of ids) gone.add(id);
  return issueCertificate(factsOf(ids.length), signing, gone);
}

const ids = Array.from({ length: 101 }, () => randomUUID());
const [someId = ''] = ids.slice(77);
const certificate = issue(ids);

/** As somebody else reads it: from its text. */
function readBack(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}

describe('a certificate', () => {
  test('is genuine by the public key alone', () => {
    expect(verifyCertificate(readBack(certificate), trusted)).toEqual({
      is: 'genuine',
      certificate,
      message: 'the certificate is genuine',
    });
  });

  test('proves of each of its sessions that it is gone, and of no other', () => {
    for (const sessionId of ids) expect(verifyCertificate(certificate, trusted, { sessionId }).is).toBe('proven-gone');
    for (const sessionId of [randomUUID(), someId.toUpperCase(), '']) {
      expect(verifyCertificate(certificate, trusted, { sessionId }).is).toBe('not-among');
    }
  });

  test('gives no id away, and no two tell that they are of the same sessions', () => {
    const text = JSON.stringify(certificate);
    for (const id of ids) expect(text).not.toContain(id);
    const other = issue(ids);
    expect(other.gone?.root).not.toBe(certificate.gone?.root);
    expect(other.leaves?.list.slice(0, 40)).not.toBe(certificate.leaves?.list.slice(0, 40));
  });

  test('stays genuine without its leaves, and then says nothing of a session', () => {
    const { leaves: _leaves, ...bare } = certificate;
    expect(verifyCertificate(bare, trusted).is).toBe('genuine');
    expect(verifyCertificate(bare, trusted, { sessionId: someId }).is).toBe('unproven');
  });

  test('of sessions that were salted when they were settled is the same', () => {
    const salt = newSalt();
    const gone = new GoneSessions(salt);
    for (const id of ids) gone.addLeaf(saltedLeaf(salt, id));
    expect(issueCertificate(factsOf(ids.length), signing, gone)).toEqual(issue(ids, salt));
  });

  test('of a resubmission has no sessions', () => {
    const facts = factsOf(5);
    const resubmission = { ...facts, request: { ...facts.request, kind: 'resubmission' as const } };
    const issued = issueCertificate(resubmission, signing);
    expect(verifyCertificate(readBack(issued), trusted, { sessionId: someId }).is).toBe('unproven');
  });

  test('is not issued over facts that do not fit together', () => {
    const gone = new GoneSessions();
    for (const id of ids) gone.add(id);
    const facts = factsOf(ids.length);
    const bad: [CertificateFacts, GoneSessions?][] = [
      [factsOf(ids.length - 1), gone],
      [facts],
      [{ ...facts, counts: { ...facts.counts, total: 5 } }, gone],
      [{ ...facts, counts: { ...facts.counts, absent: 102 } }, gone],
      [{ ...facts, verification: { at, checked: 1, present: 2 } }, gone],
      [{ ...facts, request: { ...facts.request, kind: 'resubmission' } }, gone],
    ];
    for (const [given, sessions] of bad) {
      expect(() => issueCertificate(given, signing, sessions)).toThrow(/^this is no certificate: /);
    }
  });
});

describe('a fault of a certificate is found and named:', () => {
  /** Every value in it, by its path. */
  function* placesIn(value: unknown, path: string[] = []): Generator<string[]> {
    if (typeof value !== 'object' || value === null) yield path;
    else for (const [name, inner] of Object.entries(value)) yield* placesIn(inner, [...path, name]);
  }

  function changedAt(path: readonly string[]): Record<string, unknown> {
    const copy = readBack(certificate);
    const holder = path.slice(0, -1).reduce((at, name) => at[name] as Record<string, unknown>, copy);
    const name = path.at(-1) ?? '';
    const value = holder[name];
    // A character in the middle: the last of base64 may hold bits that mean nothing.
    const text = String(value);
    const middle = Math.floor(text.length / 2);
    const letter = text[middle] === '1' ? '2' : '1';
    holder[name] = typeof value === 'number' ? value + 1 : text.slice(0, middle) + letter + text.slice(middle + 1);
    return copy;
  }

  test.each([...placesIn(certificate)].map((path) => [path.join('.'), path] as const))(
    'a change of %s',
    (_name, path) => {
      const verdict = verifyCertificate(changedAt(path), trusted);
      expect(verdict.is).toBe('faulty');
      if (path[0] === 'leaves') expect(verdict).toMatchObject({ fault: 'wrong-leaves' });
    },
  );

  test.each([
    ['state', 'completed', 'changed'],
    ['issuedAt', '2026-01-31T08:00:00.000Z', 'changed'],
    ['version', 2, 'unreadable'],
    ['note', 'added', 'changed'],
    ['keyId', '0011223344556677', 'wrong-key'],
  ])('another %s', (name, value, fault) => {
    expect(verifyCertificate({ ...certificate, [name]: value }, trusted)).toMatchObject({ is: 'faulty', fault });
  });

  test('counts that were changed are told by the signature', () => {
    const counts = { ...certificate.counts, failed: certificate.counts.failed + 1 };
    const verdict = verifyCertificate({ ...certificate, counts }, trusted);
    const message =
      'the signature does not fit: the certificate is not what was signed (the counts must add up to the total)';
    expect(verdict).toEqual({ is: 'faulty', fault: 'changed', message });
  });

  test('a certificate of a later version is not called changed', () => {
    const { signature: _signature, leaves: _leaves, ...part } = { ...certificate, later: 'a field' };
    const signed = { ...part, signature: signValue('certificate', part, signing) };
    const verdict = verifyCertificate(signed, trusted);
    expect(verdict).toMatchObject({ fault: 'unreadable', message: expect.stringContaining('its signature fits') });
  });

  test('another key', () => {
    const verdict = verifyCertificate(certificate, newPair().trusted);
    expect(verdict).toMatchObject({ is: 'faulty', fault: 'wrong-key' });
    const forger = newPair();
    const pretended = new Map([[signing.id, [...forger.trusted.values()][0]]]) as typeof trusted;
    expect(verifyCertificate(certificate, pretended)).toMatchObject({ is: 'faulty', fault: 'changed' });
  });

  test('leaves of another one, one left out, or a salt that hides a session', () => {
    const { salt = '', list = '' } = certificate.leaves ?? {};
    const short = Buffer.from(list, 'base64').subarray(32).toString('base64');
    for (const leaves of [issue(ids).leaves, { salt, list: short }, { salt: newSalt().toString('base64'), list }]) {
      const verdict = verifyCertificate({ ...certificate, leaves }, trusted, { sessionId: someId });
      expect(verdict).toMatchObject({ is: 'faulty', fault: 'wrong-leaves' });
    }
  });

  test('and no message holds the id that was asked for', () => {
    for (const options of [{ sessionId: someId }, { sessionId: someId, proof: { some: someId } }]) {
      const { leaves: _leaves, ...bare } = certificate;
      for (const value of [certificate, bare, { ...bare, state: 'completed' }, { [someId]: someId }]) {
        expect(verifyCertificate(value, trusted, options).message).not.toContain(someId);
      }
    }
  });
});

describe('a certificate of many sessions', () => {
  const salt = newSalt();
  const many = Array.from({ length: maxCarriedLeaves + 1 }, (_, index) => `session-${index}`);
  const leaves = many.map((id) => saltedLeaf(salt, id));
  const large = issue(many, salt);
  const count = many.length;

  test('carries none of them, where one fewer still fits', () => {
    expect(large.leaves).toBeUndefined();
    expect(large.gone?.count).toBe(count);
    const fits = issue(many.slice(1), salt);
    expect(fits.leaves?.list).toHaveLength(Math.ceil((maxCarriedLeaves * 32) / 3) * 4);
    expect(verifyCertificate(fits, trusted, { sessionId: 'session-1' }).is).toBe('proven-gone');
  });

  test.each([0, 1, 4_999, 8_191, 8_192, maxCarriedLeaves])(
    'proves the deletion of the one at %d by its proof',
    async (index) => {
      const sessionId = many[index] ?? '';
      const proof = readBack(await proveDeletion(() => leaves, { salt, count, sessionId }));
      expect(verifyCertificate(large, trusted, { sessionId, proof }).is).toBe('proven-gone');
      const others = [
        { sessionId: 'session-x', proof },
        { sessionId: many[index ^ 1] ?? 'session-y', proof },
        { sessionId, proof: { ...proof, index: index + 1 } },
        { sessionId, proof: { ...proof, salt: newSalt().toString('base64') } },
        { sessionId, proof: { ...proof, path: [] } },
        { sessionId, proof: 'none' },
      ];
      for (const other of others) {
        expect(verifyCertificate(large, trusted, other)).toMatchObject({ is: 'faulty', fault: 'wrong-proof' });
      }
    },
  );

  test('has no proof for a session that is not among them', async () => {
    expect(await proveDeletion(() => leaves, { salt, count, sessionId: 'session-x' })).toBeUndefined();
  });
});
