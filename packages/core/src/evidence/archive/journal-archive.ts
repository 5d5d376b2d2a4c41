import type { Entry, Head } from '../journal/chain.ts';

/** Where the journal is kept for good: files, or a store behind the same three verbs. One writer at a time. */
export interface JournalArchive {
  /**
   * Resolves once the entries are durable. They follow the head, and each the one before it; those that are archived already are
   * passed over, so that it may be called twice with the same. Throws an `EvidenceError`, and has then archived all, some in
   * their order, or none.
   */
  append(entries: readonly Entry[]): Promise<void>;
  /** Of what is durable. */
  head(): Promise<Head>;
  /** What is durable, from the record of this number on. */
  records(from: number): AsyncIterable<Entry>;
}

/** An archive with its writer. */
export interface OpenArchive extends JournalArchive {
  /** Waits for appends that were asked for; later ones fail. Safe twice. */
  close(): Promise<void>;
}

/** Where the journals of all consumers are kept, each by itself. */
export interface JournalArchives {
  /** `near` is a record that should be there, where its end may be looked for. Throws an `EvidenceError` where it cannot be written to now. */
  open(consumer: string, near?: number): Promise<OpenArchive>;
  /** Each write costs something and stays a part of its own: those that are signed, or many, are written together. */
  readonly inParts: boolean;
}
