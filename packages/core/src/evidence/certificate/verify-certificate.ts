import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type PublicKeys, verifyValue } from '../keys.ts';
import { MerkleTree } from '../merkle/merkle-tree.ts';
import { leafBytes, saltDigestOf, saltedLeaf } from '../merkle/salted-leaf.ts';
import { faultOf, keyIdSchema, signatureSchema } from '../schemas.ts';
import {
  type Certificate,
  certificateSchema,
  type DeletionProof,
  deletionProofSchema,
  signedPart,
} from './certificate.ts';
import { verifyDeletion } from './prove-deletion.ts';

const signedSchema = z.looseObject({ version: z.literal(1), keyId: keyIdSchema, signature: signatureSchema });

export interface VerifyCertificateOptions {
  /** Asks whether the certificate proves that this session is gone. */
  sessionId?: string;
  /** For it, where the certificate carries no leaves: read from elsewhere, and trusted for nothing. */
  proof?: unknown;
}

/**
 * - `unreadable`: it is no certificate that this version knows
 * - `wrong-key`: it is signed by another key than those given
 * - `changed`: it is not what was signed
 * - `wrong-leaves`: the leaves in it are not those that were signed for
 * - `wrong-proof`: the proof is none for this session and certificate
 */
export type CertificateFault = 'unreadable' | 'wrong-key' | 'changed' | 'wrong-leaves' | 'wrong-proof';

/**
 * What a certificate is found to be. Of a session that was asked for: `proven-gone`; `not-among` those that are gone, which only all leaves can
 * tell; or `unproven`, since neither leaves nor a proof are there. No message holds its id.
 */
export type CertificateVerdict =
  | { is: 'genuine' | 'proven-gone' | 'not-among' | 'unproven'; certificate: Certificate; message: string }
  | { is: 'faulty'; fault: CertificateFault; message: string };

/** Checks a certificate offline. The journal is not looked at: give `certificate.journal`'s heads to `verifyJournal` as `known`. */
export function verifyCertificate(
  value: unknown,
  keys: PublicKeys,
  { sessionId, proof }: VerifyCertificateOptions = {},
): CertificateVerdict {
  const parsed = certificateSchema.safeParse(value);
  if (!parsed.success) return faultOfUnread(value, keys, faultOf(parsed.error));
  const certificate = parsed.data;
  const fault = faultOfSignature(certificate, keys) ?? faultOfLeaves(certificate);
  if (fault !== undefined) return fault;
  if (sessionId === undefined) return { is: 'genuine', certificate, message: 'the certificate is genuine' };
  if (certificate.leaves !== undefined) return lookedUp(certificate, certificate.leaves, sessionId);
  if (proof !== undefined) return proven(certificate, proof, sessionId);
  const message = 'the certificate is genuine, and carries no leaves to look for the session in: ask for its proof';
  return { is: 'unproven', certificate, message };
}

/** The signature tells a certificate that was changed from one that this version cannot read. */
function faultOfUnread(value: unknown, keys: PublicKeys, fault: string): CertificateVerdict {
  const signed = signedSchema.safeParse(value).data;
  const key = signed && keys.get(signed.keyId);
  if (signed === undefined || key === undefined) {
    return faulty('unreadable', `this is no certificate of this version: ${fault}`);
  }
  if (fits(signed, key)) {
    return faulty('unreadable', `its signature fits, and this version cannot read it: ${fault}. Take a later version`);
  }
  return faulty('changed', `the signature does not fit: the certificate is not what was signed (${fault})`);
}

/** No canonical form is no signed form. */
function fits(signed: z.infer<typeof signedSchema>, key: KeyObject): boolean {
  try {
    return verifyValue('certificate', signedPart(signed), signed.signature, key);
  } catch {
    return false;
  }
}

function faultOfSignature(certificate: Certificate, keys: PublicKeys): CertificateVerdict | undefined {
  const { keyId, signature } = certificate;
  const key = keys.get(keyId);
  if (key === undefined) {
    const given = [...keys.keys()].join(', ');
    return faulty('wrong-key', `it is signed by key ${keyId}, which is not among those given (${given})`);
  }
  if (verifyValue('certificate', signedPart(certificate), signature, key)) return undefined;
  return faulty('changed', 'the signature does not fit: the certificate is not what was signed');
}

function faultOfLeaves({ gone, leaves }: Certificate): CertificateVerdict | undefined {
  if (leaves === undefined) return undefined;
  const tree = new MerkleTree();
  for (const leaf of leavesIn(leaves.list)) tree.add(leaf);
  const isSame =
    gone?.count === tree.size &&
    gone.root === tree.root().toString('hex') &&
    gone.saltDigest === saltDigestOf(Buffer.from(leaves.salt, 'base64'));
  return isSame ? undefined : faulty('wrong-leaves', 'the leaves or their salt are not those that were signed for');
}

/** All leaves are there and are the right ones: looking is proving. */
function lookedUp(
  certificate: Certificate,
  { salt, list }: NonNullable<Certificate['leaves']>,
  sessionId: string,
): CertificateVerdict {
  const wanted = saltedLeaf(Buffer.from(salt, 'base64'), sessionId);
  if (leavesIn(list).some((leaf) => wanted.equals(leaf))) return gone(certificate);
  return { is: 'not-among', certificate, message: 'the session is not among those that the certificate says are gone' };
}

function proven(certificate: Certificate, value: unknown, sessionId: string): CertificateVerdict {
  const proof: DeletionProof | undefined = deletionProofSchema.safeParse(value).data;
  const isShown =
    certificate.gone !== undefined && proof !== undefined && verifyDeletion(certificate.gone, proof, sessionId);
  return isShown ? gone(certificate) : faulty('wrong-proof', 'the proof is none for this session and certificate');
}

function gone(certificate: Certificate): CertificateVerdict {
  return { is: 'proven-gone', certificate, message: 'the session is among those that the certificate says are gone' };
}

function faulty(fault: CertificateFault, message: string): CertificateVerdict {
  return { is: 'faulty', fault, message };
}

function leavesIn(list: string): Buffer[] {
  const bytes = Buffer.from(list, 'base64');
  return Array.from({ length: bytes.length / leafBytes }, (_, at) =>
    bytes.subarray(at * leafBytes, (at + 1) * leafBytes),
  );
}
