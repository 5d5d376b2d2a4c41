import {
  finalStates,
  queueNames,
  type RedisConnection,
  type RequestView,
  type SessionQueue,
} from '@session-queue/core';
import {
  Announcements,
  consumerKeys,
  type HandStop,
  type RequestFigures,
  readJobId,
  readLaneFigures,
  readLaneHistory,
  readRequestFigures,
  redisNow,
} from '@session-queue/core/engine';
import { boardJobPath, boardPath } from '../board/board-path.ts';
import { type CertificateState, readCertificateState } from '../certificates/certificate-words.ts';
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
  /** The request is open, and somebody has paused the queue that its items are sent by. */
  isSendingPaused: boolean;
  /** It has not been taken in yet, and somebody has paused the queue that it comes in by. */
  isIntakePaused: boolean;
  /** The request is open, and no worker can send its items: none is alive, or none has the consumer's credentials. */
  lack: Lack | undefined;
  /** In ms, as far as that can be told. */
  timeLeftMs: number | undefined;
  /** Of a deletion that has ended. */
  certificate: CertificateState | undefined;
  /** Its job in Bull Board, while BullMQ keeps one. */
  jobPath: string | undefined;
  queuePath: string;
  /** Ms of Redis's clock. */
  readAt: number;
}

type Lack = 'no worker' | 'no credentials';

export interface RequestSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'getRequest' | 'certificate'>;
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
    const { requests, batches } = queues.of(kind);
    const readAt = await redisNow(redis);
    const [figures, jobPath, kindStop, isSendingPaused, isIntakePaused, lack, timeLeftMs, certificate] =
      await Promise.all([
        readRequestFigures(consumerKeys(redis, prefix, consumer), this.#id, mostBatches),
        this.#findJobPath(request),
        isOpen ? kindSwitch.read(kind) : undefined,
        isOpen ? batches.isPaused() : false,
        state === 'accepted' ? requests.isPaused() : false,
        isOpen ? this.#lackFor(consumer, readAt) : undefined,
        isOpen ? this.#timeLeft(request, readAt) : undefined,
        isOpen || kind !== 'deletion' ? undefined : readCertificateState(sessionQueue, this.#id),
      ]);
    const isStill =
      kindStop !== undefined ||
      isSendingPaused ||
      isIntakePaused ||
      lack !== undefined ||
      state === 'held' ||
      state === 'waiting';
    return {
      request,
      figures,
      kindStop,
      isSendingPaused,
      isIntakePaused,
      lack,
      timeLeftMs: isStill ? undefined : timeLeftMs,
      certificate,
      jobPath,
      queuePath: boardPath(queueNames[kind].requests, 'latest'),
      readAt,
    };
  }

  async #lackFor(consumer: string, now: number): Promise<Lack | undefined> {
    const { redis, prefix } = this.#sources;
    const living = await new Announcements(redis, prefix).living(now);
    if (living.size === 0) return 'no worker';
    return [...living.values()].flat().includes(consumer) ? undefined : 'no credentials';
  }

  async #timeLeft({ kind, consumer, counts, notBefore }: RequestView, now: number): Promise<number | undefined> {
    const { redis, prefix } = this.#sources;
    if (notBefore !== undefined && Date.parse(notBefore) > now) return undefined;
    const lane = (await readLaneFigures(redis, prefix, consumer))[kind];
    this.#rates.note(lane, now);
    const samples = await readLaneHistory(consumerKeys(redis, prefix, consumer), kind, 6);
    const rate = this.#rates.of(lane, now, samples);
    return timeLeftOfRequest(counts.pending + counts.claimed + counts.submitted, { ...lane, rate });
  }

  /** BullMQ numbers jobs that were added without an id; their requests remember the number. */
  async #findJobPath({ id, kind, consumer }: RequestView): Promise<string | undefined> {
    const { redis, prefix, queues } = this.#sources;
    const job = await readJobId(consumerKeys(redis, prefix, consumer), id);
    const state = await queues.of(kind).requests.getJobState(job);
    return state === 'unknown' ? undefined : boardJobPath(queueNames[kind].requests, job);
  }
}
