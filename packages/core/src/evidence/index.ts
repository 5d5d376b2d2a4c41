/** Evidence of what was done: a signed journal, its archive, and certificates that can be checked offline. No Redis is needed. */
export { FileArchive, type FileArchiveOptions } from './archive/file-archive.ts';
export { entriesBehind } from './archive/following.ts';
export type { JournalArchive, JournalArchives, OpenArchive } from './archive/journal-archive.ts';
export { fileLines, firstRecordIn, journalFileName, journalLines } from './archive/journal-files.ts';
export { readLines } from './archive/read-lines.ts';
export {
  type Certificate,
  type CertificateFacts,
  certificateSchema,
  type DeletionProof,
  deletionProofSchema,
  maxCarriedLeaves,
} from './certificate/certificate.ts';
export { GoneSessions } from './certificate/gone-sessions.ts';
export { issueCertificate } from './certificate/issue-certificate.ts';
export { carriedLeafLines, type FoundSessions, findInLeafFile, leafLine, saltLine } from './certificate/leaf-file.ts';
export { type LeafSource, proveDeletion } from './certificate/prove-deletion.ts';
export {
  type CertificateFault,
  type CertificateVerdict,
  type VerifyCertificateOptions,
  verifyCertificate,
} from './certificate/verify-certificate.ts';
export { EvidenceError, type EvidenceErrorCode } from './evidence-error.ts';
export { appendTo, type Entry, emptyHead, type Head, headOf } from './journal/chain.ts';
export { signHead } from './journal/checkpoint.ts';
export { lineOf, readLine } from './journal/entry-line.ts';
export type { JournalFault } from './journal/journal-fault.ts';
export { type JournalEvent, type JournalRecord, recordSchema } from './journal/record.ts';
export { type JournalVerdict, type VerifyJournalOptions, verifyJournal } from './journal/verify-journal.ts';
export {
  createKeyPair,
  type KeyPairPem,
  type PublicKeys,
  readPublicKeys,
  readSigningKey,
  type SigningKey,
} from './keys.ts';
export { newSalt, saltedLeaf } from './merkle/salted-leaf.ts';
