import type { Certificate, JournalRecord, JournalVerdict, PublicKeys } from '@session-queue/core/evidence';

/** The journal of a consumer, as its archive has it. */
export interface JournalEvidence {
  consumer: string;
  verdict: JournalVerdict;
  records: readonly JournalRecord[];
}

/** What is to prove the deletions of a run. */
export interface Proof {
  journals: readonly JournalEvidence[];
  /** Of each deletion that was promised, or why it has none. */
  certificates: ReadonlyMap<string, Certificate | string>;
  publicKeys: PublicKeys;
}
