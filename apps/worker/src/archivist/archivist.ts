import { randomUUID } from 'node:crypto';
import {
  type ConsumerKeys,
  type JournalState,
  JournalStore,
  switchEvidence,
  takeChanges,
} from '@session-queue/core/engine';
import { EvidenceError, type JournalArchives, type SigningKey } from '@session-queue/core/evidence';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import { ArchiveKeeper } from './archive-keeper.ts';
import { FailureRow } from './failure-row.ts';
import { issueDue } from './issue-due.ts';
import { JournalKeeper } from './journal-keeper.ts';

const afterErrorMs = 5_000;

export interface EvidenceOptions {
  /** Puts deletions under evidence, or no more; as it stands in Redis when absent. */
  isOn?: boolean | undefined;
  /** Without it this replica leaves the journal to others. */
  key?: SigningKey | undefined;
  /** Where the journals are written out; they stay in Redis when absent. */
  archives?: JournalArchives | undefined;
  /** The archive would lose what it has: no later attempt can mend that. */
  onUnfit?: (error: EvidenceError) => void;
  /** How long somebody who is away keeps the journal (30,000 ms). */
  leaseMs?: number;
  /** How old the last checkpoint may be while records follow it (60,000 ms). */
  checkpointMs?: number;
}

export interface ArchivistOptions {
  keys: ConsumerKeys;
  evidence: EvidenceOptions;
  logger: Logger;
}

/**
 * Takes the events of a consumer into its journal, signs it, writes it out and makes certificates. Any replica with the key does it, one at a
 * time: who holds the lease. Each step is one of Redis that compares the head, so that a crash between two loses and doubles nothing, and one
 * who was asleep writes nothing.
 */
export class Archivist extends ConsumerPart<ArchivistOptions> {
  readonly #store: JournalStore;
  readonly #archive: ArchiveKeeper | undefined;
  readonly #leaseMs: number;
  readonly #failures = new FailureRow();
  #isHolding = false;

  constructor(options: ArchivistOptions) {
    super(options, { part: 'archivist', work: 'keeping the journal', afterErrorMs });
    const { keys } = options;
    const { archives, leaseMs = 30_000 } = options.evidence;
    this.#leaseMs = leaseMs;
    this.#store = new JournalStore(keys, randomUUID());
    this.#archive = archives && new ArchiveKeeper({ archives, consumer: keys.consumer, store: this.#store });
  }

  /** Says whether deletions are under evidence, where this replica was told. */
  async announce(): Promise<void> {
    await switchEvidence(this.options.keys, this.options.evidence.isOn);
  }

  /** There may be events. */
  override wake(): void {
    if (this.options.evidence.key !== undefined) super.wake();
  }

  /** Ends with the step under way, and leaves the journal to others at once. */
  override async stop(): Promise<void> {
    await super.stop();
    await this.#letGo();
  }

  /** A rest after a failure is the row's own, which an event does not end. */
  protected override onError(error: unknown): number {
    const { leftMs } = this.#failures;
    if (leftMs === 0) return super.onError(error);
    if (error instanceof EvidenceError && error.code === 'archive_unfit') this.options.evidence.onUnfit?.(error);
    super.onError(error, this.#failures.isToTell() ? 'error' : 'debug');
    return leftMs;
  }

  protected async step(): Promise<number> {
    const { key } = this.options.evidence;
    if (key === undefined) return Number.POSITIVE_INFINITY;
    if (this.#failures.leftMs > 0) return this.#failures.leftMs;
    // Whoever can keep a journal does so, with or without the lease: each change is taken once.
    await takeChanges(this.options.keys);
    const lease = await this.#lease();
    if (lease.is !== 'mine') {
      await this.#archive?.close();
      this.#isHolding = false;
      return lease.is === 'other' ? lease.ms : Number.POSITIVE_INFINITY;
    }
    this.#isHolding = true;
    try {
      const nextMs = await this.#keep(lease.state, key);
      this.#failures.end();
      return nextMs;
    } catch (error) {
      // What this replica cannot do another may: it reaches the store, or knows a later event.
      this.#failures.add();
      await this.#letGo();
      throw error;
    }
  }

  async #keep(state: JournalState, key: SigningKey): Promise<number> {
    const { keys, logger, evidence } = this.options;
    const { checkpointMs = 60_000 } = evidence;
    const renew = () => this.#renew();
    const journal = new JournalKeeper({ keys, store: this.#store, key, checkpointMs });
    const head = (await this.#archive?.open(state, renew)) ?? state.head;
    const kept = await journal.keep({ ...state, head });
    const isSigned = kept.nextSignMs === undefined;
    const isWritten = (await this.#archive?.write({ head: kept.head, isSigned }, renew)) ?? true;
    const issued = await issueDue({ keys, key, logger, onStep: renew });
    if (kept.events > 0 || issued > 0 || !isWritten) return 0;
    return kept.nextSignMs === undefined ? 0 : Math.min(kept.nextSignMs, this.#leaseMs / 3);
  }

  /** Shows that it lives while a step takes long. Throws when others have taken over. */
  async #renew(): Promise<void> {
    this.loop.sign.show();
    if ((await this.#lease()).is === 'other') throw new Error('another replica keeps the journal now');
  }

  #lease(): ReturnType<JournalStore['lease']> {
    return this.#store.lease(this.#leaseMs, this.#archive !== undefined);
  }

  async #letGo(): Promise<void> {
    try {
      await this.#archive?.close();
    } finally {
      if (this.#isHolding) await this.#store.release();
      this.#isHolding = false;
    }
  }
}
