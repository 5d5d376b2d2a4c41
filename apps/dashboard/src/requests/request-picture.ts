import {
  finalStates,
  queueNames,
  type RedisConnection,
  type RequestView,
  type SessionQueue,
} from '@session-queue/core';
import {
  consumerKeys,
  type HandStop,
  type RequestFigures,
  readJobId,
  readLaneFigures,
  readLaneHistory,
  readRequestFigures,
} from '@session-queue/core/engine';
import { boardJobPath, boardPath } from '../board/board-path.ts';
import type { KindSwitchReader } from '../overview/read-overview.ts';
import { RecentRates } from '../overview/recent-rates.ts';
import { timeLeftOfRequest } from '../overview/time-left.ts';
import type { Queues } from '../queues.ts';

/** Batches that are shown, the latest ones. */
const mostBatches = 200;

/** What the page of a request tells, read at about one time. */
export interface RequestPicture {
  request: RequestView;
  figures: RequestFigures;
  /** Set while all of its kind is stopped. */
  kindStop: HandStop | undefined;
  /** The request is open, and nobody has paused the queue that its items are sent by. */
  isSendingPaused: boolean;
  /** In ms, as far as that can be told. */
  timeLeftMs: number | undefined;
  /** Its job in Bull Board, while BullMQ keeps one. */
  jobPath: string | undefined;
  queuePath: string;
  /** Ms since 1970. */
  readAt: number;
}

export interface RequestSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'getRequest'>;
  kindSwitch: KindSwitchReader;
}

/** Reads the picture of one request, again and again: how fast its lane goes is told from one to the next. */
export class RequestReader {
  readonly #sources: RequestSources;
  readonly #id: string;
  readonly #rates = new RecentRates();

  constructor(sources: RequestSources, id: string) {
    this.#sources = sources;
    this.#id = id;
  }

  /** `undefined` when no request has this id. */
  async read(): Promise<RequestPicture | undefined> {
    const { redis, prefix, queues, sessionQueue, kindSwitch } = this.#sources;
    const request = await sessionQueue.getRequest(this.#id);
    if (request === undefined) return undefined;
    const { kind, consumer, state } = request;
    const isOpen = !finalStates.has(state);
    const [figures, jobPath, kindStop, isSendingPaused, timeLeftMs] = await Promise.all([
      readRequestFigures(consumerKeys(redis, prefix, consumer), this.#id, mostBatches),
      this.#findJobPath(request),
      isOpen ? kindSwitch.read(kind) : undefined,
      isOpen ? queues.of(kind).batches.isPaused() : false,
      isOpen ? this.#timeLeft(request) : undefined,
    ]);
    const isStill = kindStop !== undefined || isSendingPaused || state === 'held';
    return {
      request,
      figures,
      kindStop,
      isSendingPaused,
      timeLeftMs: isStill ? undefined : timeLeftMs,
      jobPath,
      queuePath: boardPath(queueNames[kind].requests, 'latest'),
      readAt: Date.now(),
    };
  }

  async #timeLeft({ kind, consumer, counts, notBefore }: RequestView): Promise<number | undefined> {
    const { redis, prefix } = this.#sources;
    const now = Date.now();
    if (notBefore !== undefined && Date.parse(notBefore) > now) return undefined;
    const lane = (await readLaneFigures(redis, prefix, consumer))[kind];
    this.#rates.note(lane, now);
    const samples = await readLaneHistory(consumerKeys(redis, prefix, consumer), kind, 6);
    const rate = this.#rates.of(lane, now, samples);
    return timeLeftOfRequest(counts.pending + counts.claimed + counts.submitted, { ...lane, rate, isKnown: true });
  }

  /** BullMQ numbers jobs that were added without an id; their requests remember the number. */
  async #findJobPath({ id, kind, consumer }: RequestView): Promise<string | undefined> {
    const { redis, prefix, queues } = this.#sources;
    const job = await readJobId(consumerKeys(redis, prefix, consumer), id);
    const state = await queues.of(kind).requests.getJobState(job);
    return state === 'unknown' ? undefined : boardJobPath(queueNames[kind].requests, job);
  }
}
