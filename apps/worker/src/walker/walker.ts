import { randomUUID } from 'node:crypto';
import { LearnosityError } from '@session-queue/core';
import {
  endWalk,
  type FetchSessionsPage,
  KnownItems,
  type PageRecorded,
  packedSessions,
  packMetadata,
  putOffWalk,
  recordPage,
  SelectionDigest,
  SessionPlaces,
  takePageSlot,
  takeWalk,
  type Walk,
  WalkLease,
  walkSessions,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import { type MetadataOptions, metadataPage, restAfter, type TakeSlot } from '../metadata-page.ts';
import { breakDown } from './break-down.ts';
import { isHopeless } from './hopeless.ts';

const memoryShortMs = 10_000;

export interface WalkerOptions extends MetadataOptions {
  deadlineMs: number;
  retentionMs: number;
  /** How long a walk is this worker's own from one sign to the next (30,000 ms). */
  leaseMs?: number;
  logger: Logger;
}

/** Somebody else has the walk, or the worker stops: what is recorded stays, and the walk goes on from there. */
class LetGo extends Error {}

/**
 * Reads what a selection's filter selects, page by page to the empty one, one selection at a time; each replica may walk another.
 * Every page is recorded with where the walk goes on, so that whoever takes it up after a crash reads none twice.
 */
export class Walker extends ConsumerPart<WalkerOptions> {
  constructor(options: WalkerOptions) {
    super(options, { part: 'walker', work: 'walking' });
  }

  protected async step(): Promise<number> {
    const { keys, leaseMs, logger } = this.options;
    const claim = await takeWalk(keys, randomUUID(), leaseMs);
    // What other replicas leave behind, the rounds find.
    if (claim.is === 'empty') return claim.ms ?? Number.POSITIVE_INFINITY;
    const { walk } = claim;
    const log = logger.child({ consumer: keys.consumer, selection: walk.id });
    try {
      await this.#walk(walk, log);
    } catch (error) {
      if (error instanceof LetGo) return 0;
      if (!(error instanceof LearnosityError)) throw error;
      await this.#onFailure(walk, error, log);
    }
    return 0;
  }

  async #walk(walk: Walk, log: Logger): Promise<void> {
    const { keys, retentionMs } = this.options;
    const places = walk.breakdown && new SessionPlaces();
    const known = places ?? new KnownItems('deletion');
    const digest = new SelectionDigest();
    const stay = this.#stayWith(walk);
    // Those that whoever walked before has found.
    for await (const found of packedSessions(keys, walk.id)) {
      await stay();
      for (const packed of found) known.addPacked(packed);
      digest.addPacked(found);
    }
    const fetchPage: FetchSessionsPage = (filter, options) => this.#fetch(walk, filter, options);
    const { filter, part, from } = walk;
    const pages = part === undefined ? walkSessions(filter, fetchPage, from && { from }) : [];
    for await (const { sessions, position } of pages) {
      const fresh = sessions.filter(({ sessionId }) => known.add(sessionId));
      const found = fresh.map(({ sessionId }) => sessionId);
      const metadata = walk.keepMetadata && fresh.length > 0 ? await packMetadata(fresh) : undefined;
      const recorded = await recordPage(keys, walk, position, found, metadata);
      if (recorded !== 'recorded') return await this.#onNotRecorded(walk, recorded);
      walk.failures = 0;
      digest.add(found);
    }
    const division = places && (await breakDown({ keys, walk, retentionMs, fetchPage, stay, log }, places));
    if (typeof division === 'string') return await this.#onNotRecorded(walk, division);
    const { count, value } = digest;
    const end = { state: 'ready', count, digest: value, ...(division !== undefined && { division }) } as const;
    const isOver = await endWalk(keys, walk, end, retentionMs);
    if (isOver) log.info({ items: count }, 'a selection is ready');
  }

  /** To be called before each piece of what takes long and records no page: holds on to the walk, or throws where it is to be let go. */
  #stayWith(walk: Walk): () => Promise<void> {
    const lease = new WalkLease(this.options.keys, walk);
    return async () => {
      if (this.loop.isStopping) await this.#giveBack(walk);
      this.loop.sign.show();
      if (!(await lease.renew())) throw new LetGo();
    };
  }

  #fetch(walk: Walk, ...asked: Parameters<FetchSessionsPage>): ReturnType<FetchSessionsPage> {
    const { keys, quota, deadlineMs } = this.options;
    const takeSlot: TakeSlot = async (slot) => {
      if (this.loop.isStopping) await this.#giveBack(walk);
      this.loop.sign.show();
      const answer = await takePageSlot(keys, walk, slot, { quota, deadlineMs });
      if (answer.is === 'lost') throw new LetGo();
      return answer;
    };
    return metadataPage(this.options, takeSlot, ...asked);
  }

  async #giveBack(walk: Walk): Promise<never> {
    await putOffWalk(this.options.keys, walk, 0);
    throw new LetGo();
  }

  async #onNotRecorded(walk: Walk, why: Exclude<PageRecorded, 'recorded'>): Promise<void> {
    const { keys, retentionMs } = this.options;
    if (why === 'lost') return;
    if (why === 'memory_short' && walk.keepMetadata && walk.part === undefined) {
      const message =
        'Redis uses over 80 % of its memory, and metadata takes much: narrow the filter, select without keepMetadata, or give Redis more';
      await endWalk(keys, walk, { state: 'failed', code: why, message }, retentionMs);
      return;
    }
    if (why === 'memory_short') {
      await putOffWalk(keys, walk, memoryShortMs, { code: why, message: 'Redis uses over 80 % of its memory' });
      return;
    }
    const message = 'It selects more than 5,000,000 sessions, the most that one deletion takes: narrow the filter';
    await endWalk(keys, walk, { state: 'failed', code: 'too_many', message }, retentionMs);
  }

  async #onFailure(walk: Walk, error: LearnosityError, log: Logger): Promise<void> {
    const { keys, quota, retentionMs } = this.options;
    const { decision, code, message } = error;
    log.warn({ decision, code, reason: message }, 'a page of sessions could not be read');
    if (isHopeless(error, walk)) {
      await endWalk(keys, walk, { state: 'failed', code: String(code), message }, retentionMs);
      return;
    }
    await putOffWalk(keys, walk, restAfter(error, walk.failures, quota), { code: String(code), message });
  }
}
