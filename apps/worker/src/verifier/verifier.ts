import { randomUUID } from 'node:crypto';
import { LearnosityError, type VerificationSettings } from '@session-queue/core';
import {
  doubtTombstones,
  type FetchSessionsPage,
  noteVerification,
  type Piece,
  putOffPieces,
  recordCheck,
  recordSample,
  type Sample,
  type SessionPrints,
  takeCheckSlot,
  takePieces,
  takeSample,
  walkSessions,
} from '@session-queue/core/engine';
import type { Logger } from 'pino';
import { ConsumerPart } from '../consumer-part.ts';
import { type MetadataOptions, metadataPage, restAfter, type TakeSlot } from '../metadata-page.ts';
import { BeforeDeletion } from './before-deletion.ts';
import { fateOf } from './fate.ts';

/** Redis may have lost them. */
const noteAgainMs = 60_000;
/** Looks are at least this far apart, so that many sessions share a call. */
const longestSpacingMs = 10_000;

export interface VerifierOptions extends MetadataOptions {
  settings: VerificationSettings;
  deadlineMs: number;
  /** `BeforeDeletionOptions.paceMs` */
  paceMs: number;
  retentionMs: number;
  /** Of tombstones; none are kept when absent. */
  prints?: SessionPrints | undefined;
  /** Nothing is left to verify of a request whose record goes its way now. */
  onEnded: (request: string) => Promise<void>;
  /** A request is open again: some of its sessions are deleted once more. */
  onReopened: (request: string) => Promise<void>;
  logger: Logger;
}

/** The worker stops: what it holds is given back. */
class LetGo extends Error {}

/** What was taken together, and is held on to until all of it is over. */
interface Claim {
  token: string;
  pieces: readonly Piece[];
}

/**
 * Asks Learnosity again for what it says is deleted, up to 1,000 sessions a call of the metadata endpoint, until it shows them no more.
 * A session that was seen before and is not shown any more is verified. What is verified is looked at once more later, by samples.
 */
export class Verifier extends ConsumerPart<VerifierOptions> {
  readonly #before: BeforeDeletion;
  #failures = 0;
  #noteAt = 0;
  #checkAt = 0;

  constructor(options: VerifierOptions) {
    super(options, { part: 'verifier', work: 'verifying' });
    const beforeEach = () => {
      this.loop.sign.show();
      return !this.loop.isStopping;
    };
    this.#before = new BeforeDeletion({ ...options, beforeEach });
  }

  protected async step(): Promise<number> {
    const { keys, settings } = this.options;
    if (performance.now() >= this.#noteAt) {
      await noteVerification(keys, settings);
      this.#noteAt = performance.now() + noteAgainMs;
    }
    const toLookMs = await this.#before.step();
    const toCheckMs = await this.#checkDue();
    // What other replicas leave behind, the rounds find.
    return toLookMs > 0 && toCheckMs > 0 ? Math.min(toLookMs, toCheckMs, await this.#sample()) : 0;
  }

  /** Checks what is due; answers in how many ms there may be more. */
  async #checkDue(): Promise<number> {
    const restMs = this.#checkAt - performance.now();
    if (restMs > 0) return restMs;
    const token = randomUUID();
    const claim = await takePieces(this.options.keys, token);
    if (claim.is === 'empty') return claim.ms ?? Number.POSITIVE_INFINITY;
    this.#checkAt = performance.now() + this.#spacingMs();
    const { pieces } = claim;
    await this.#check({ token, pieces }, pieces);
    return Math.max(0, this.#checkAt - performance.now());
  }

  #spacingMs(): number {
    return Math.min(longestSpacingMs, this.options.settings.afterMs / 10);
  }

  /** Asks for some of it, or for all. */
  async #check(claim: Claim, pieces: readonly Piece[]): Promise<void> {
    let shown: ReadonlySet<string>;
    try {
      shown = await this.#shownOf(
        pieces.flatMap(({ sessionIds }) => sessionIds),
        claim,
      );
    } catch (error) {
      if (error instanceof LetGo) return await putOffPieces(this.options.keys, claim.token, pieces, 0);
      if (!(error instanceof LearnosityError)) throw error;
      return await this.#onFailure(claim, pieces, error);
    }
    this.#failures = 0;
    for (const piece of pieces) await this.#record(claim.token, piece, shown);
  }

  /** Which of these sessions Learnosity shows: all pages up to the empty one. */
  async #shownOf(sessionIds: readonly string[], claim: Claim): Promise<ReadonlySet<string>> {
    const { keys, quota, deadlineMs } = this.options;
    const takeSlot: TakeSlot = async (slot) => {
      if (this.loop.isStopping) throw new LetGo();
      this.loop.sign.show();
      return await takeCheckSlot(keys, { ...claim, slot }, { quota, deadlineMs });
    };
    const fetchPage: FetchSessionsPage = (...asked) => metadataPage(this.options, takeSlot, ...asked);
    const shown = new Set<string>();
    for await (const { sessions } of walkSessions({ sessionIds: [...new Set(sessionIds)] }, fetchPage))
      for (const { sessionId } of sessions) shown.add(sessionId);
    return shown;
  }

  async #record(token: string, piece: Piece, shown: ReadonlySet<string>): Promise<void> {
    const { settings } = this.options;
    const named = piece.positions.filter((_position, index) => shown.has(piece.sessionIds[index] ?? ''));
    const { fate, nextMs } = fateOf(piece, settings);
    // Before anything that is done about it: else a worker could die in between.
    if (fate !== 'wait') await this.#doubt(piece.sessionIds.filter((sessionId) => shown.has(sessionId)));
    const recorded = await this.#write(token, piece, { fate, nextMs, named });
    if (recorded === undefined || recorded.named === 0 || fate === 'wait') return;
    const items = recorded.named;
    if (fate === 'again') this.#log(piece).warn({ items }, 'Learnosity still shows deleted sessions: deleted again');
    else
      this.#log(piece).error(
        { items },
        'Learnosity still shows sessions that were deleted twice: ask its support; the request lists them as still there',
      );
  }

  /** What is shown was not deleted for good: its tombstone lets a deletion through. */
  async #doubt(sessionIds: readonly string[]): Promise<void> {
    const { keys, prints } = this.options;
    if (prints !== undefined && sessionIds.length > 0) await doubtTombstones(keys, sessionIds, prints);
  }

  async #write(token: string, piece: Piece, check: Parameters<typeof recordCheck>[3]) {
    const { keys, retentionMs, onEnded, onReopened } = this.options;
    const recorded = await recordCheck(keys, token, piece, check, retentionMs);
    for (const request of recorded?.reopened ?? []) await onReopened(request);
    for (const request of recorded?.ended ?? []) await onEnded(request);
    return recorded;
  }

  /** Where an id makes Learnosity refuse, the others are asked for without it. */
  async #onFailure(claim: Claim, pieces: readonly Piece[], error: LearnosityError): Promise<void> {
    const { token } = claim;
    const { keys, settings, logger } = this.options;
    const { decision, code, message } = error;
    const isRefused = decision === 'item' || decision === 'absent';
    if (isRefused && pieces.length > 1) {
      const half = Math.ceil(pieces.length / 2);
      await this.#check(claim, pieces.slice(0, half));
      return await this.#check(claim, pieces.slice(half));
    }
    logger.warn(
      { consumer: keys.consumer, decision, code, reason: message },
      'deleted sessions could not be asked for',
    );
    const isOver = ({ ageMs }: Piece) => ageMs >= settings.forMs;
    for (const piece of pieces.filter(isOver)) {
      await this.#write(token, piece, { fate: 'unasked', nextMs: 0, named: piece.positions });
      this.#log(piece).error(
        { items: piece.positions.length },
        'Learnosity could not be asked: sessions stay unverified',
      );
    }
    const rest = pieces.filter((piece) => !isOver(piece));
    await putOffPieces(keys, token, rest, this.#restMs(error));
    this.#failures += 1;
  }

  #restMs(error: LearnosityError): number {
    return restAfter(error, this.#failures, this.options.quota);
  }

  /** Asks for one sample; answers in how many ms there may be another. */
  async #sample(): Promise<number> {
    const { keys } = this.options;
    const token = randomUUID();
    const claim = await takeSample(keys, token);
    if (claim.is === 'empty') return claim.ms ?? Number.POSITIVE_INFINITY;
    const { sample } = claim;
    try {
      const shown = await this.#shownOf(sample.sessionIds, { token, pieces: [] });
      const back = [...sample.sessionIds.keys()].filter((index) => shown.has(sample.sessionIds[index] ?? ''));
      await this.#doubt(back.map((index) => sample.sessionIds[index] ?? ''));
      await recordSample(keys, token, sample, { nextMs: this.#nextSampleMs(sample), isAsked: true, back });
      if (back.length > 0) this.#warnOfBack(sample, back.length);
    } catch (error) {
      if (!(error instanceof LetGo || error instanceof LearnosityError)) throw error;
      const nextMs = error instanceof LetGo ? 0 : this.#restMs(error);
      await recordSample(keys, token, sample, { nextMs, isAsked: false, back: [] });
      this.#failures += 1;
    }
    return 0;
  }

  #nextSampleMs({ asked }: Sample): number | undefined {
    const { sampleAfterMs } = this.options.settings;
    const [now, next] = [sampleAfterMs[asked], sampleAfterMs[asked + 1]];
    return now === undefined || next === undefined ? undefined : next - now;
  }

  #warnOfBack({ request }: Sample, items: number): void {
    const { keys, logger } = this.options;
    logger.error(
      { consumer: keys.consumer, request, items },
      'deleted sessions are at Learnosity again: the request lists them; find out what brought them back, and ask for them to be deleted',
    );
  }

  #log({ batch }: Piece): Logger {
    const { keys, logger } = this.options;
    return logger.child({ consumer: keys.consumer, batch });
  }
}
