import { EvidenceError } from '../evidence-error.ts';
import { type SigningKey, signValue } from '../keys.ts';
import { faultOf } from '../schemas.ts';
import { type Certificate, type CertificateFacts, certificateSchema, signedPart } from './certificate.ts';
import type { GoneSessions } from './gone-sessions.ts';

const noSignature = `${'A'.repeat(86)}==`;

/**
 * Signs what is known of a request. `gone` is for deletions: as many sessions as succeeded. Throws an `EvidenceError` (`bad_record`)
 * when the facts do not fit together.
 */
export function issueCertificate(facts: CertificateFacts, key: SigningKey, gone?: GoneSessions): Certificate {
  const unsigned = { version: 1, ...facts, ...gone?.summary(), keyId: key.id, signature: noSignature };
  const parsed = certificateSchema.safeParse(unsigned);
  if (!parsed.success) throw new EvidenceError('bad_record', `this is no certificate: ${faultOf(parsed.error)}`);
  const certificate = parsed.data;
  return { ...certificate, signature: signValue('certificate', signedPart(certificate), key) };
}
