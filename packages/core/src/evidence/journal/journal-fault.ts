import type { Head } from './chain.ts';

/** The first fault of a journal. `line` is counted from 1; numbers of records are `sequence`. */
export type JournalFault =
  /** It holds no record that this version knows. */
  | { is: 'unreadable'; line: number; sequence: number; reason: string }
  /** The record is not the one that was written here. */
  | { is: 'changed'; line: number; sequence: number }
  /** Records `from` to `to` are not there. */
  | { is: 'missing'; line: number; from: number; to: number }
  /** Record `sequence` stands in `line`, where `expected` should; that one comes later. */
  | { is: 'reordered'; line: number; sequence: number; expected: number; foundInLine: number }
  /** A record of this number has come before. */
  | { is: 'duplicated'; line: number; sequence: number }
  /** Record `sequence` and the one before it are whole and do not follow each other: one of the two was put in. */
  | { is: 'unlinked'; line: number; sequence: number }
  /** Records `from` to `to` follow each other, and are not what was signed. */
  | { is: 'forged'; line: number; from: number; to: number }
  | { is: 'wrong-key'; line: number; sequence: number; keyId: string; given: readonly string[] }
  /** The journal ends within a line, or before a record that is known to have been there (`known`). */
  | { is: 'cut'; line: number; sequence: number; known?: number }
  /** Another record is known to have this number, as from a certificate. */
  | { is: 'other'; line: number; expected: Head };

/** A fault in words: what and where. */
export function describeFault(fault: JournalFault): string {
  const line = `line ${fault.line}`;
  switch (fault.is) {
    case 'unreadable':
      return `${line} holds no record that this version can read, where record ${fault.sequence} should stand: ${fault.reason}`;
    case 'changed':
      return `record ${fault.sequence} (${line}) was changed`;
    case 'missing':
      return `${records(fault)} missing before ${line}`;
    case 'reordered':
      return `record ${fault.sequence} (${line}) stands before record ${fault.expected} (line ${fault.foundInLine})`;
    case 'duplicated':
      return `record ${fault.sequence} stands a second time in ${line}`;
    case 'unlinked':
      return `record ${fault.sequence} (${line}) does not follow the one before it: one of the two was replaced`;
    case 'forged':
      return `the signature of the checkpoint in ${line} does not fit: ${records(fault)} not what was signed`;
    case 'wrong-key':
      return `the checkpoint in ${line} is signed by key ${fault.keyId}, which is not among those given (${fault.given.join(', ')})`;
    case 'cut':
      return fault.known === undefined
        ? `the journal ends within ${line}, where record ${fault.sequence} should stand`
        : `the journal ends before record ${fault.sequence}; record ${fault.known} is known to have been there`;
    case 'other':
      return `record ${fault.expected.sequence} (${line}) is not the one that is known to have been there`;
  }
}

function records({ from, to }: { from: number; to: number }): string {
  return from === to ? `record ${from} is` : `records ${from} to ${to} are`;
}
