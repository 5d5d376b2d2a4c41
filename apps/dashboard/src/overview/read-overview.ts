import { checkRedis, type Kind, type RedisConnection, type SessionQueue } from '@session-queue/core';
import {
  Announcements,
  BusyConsumers,
  consumerKeys,
  type HandStop,
  type LaneFigures,
  readLaneFigures,
  readLaneHistory,
  readServerFacts,
  readVerificationFigures,
  readWorkers,
  redisNow,
  type VerificationFigures,
} from '@session-queue/core/engine';
import type { KindQueues, Queues } from '../queues.ts';
import { ChartHistory } from './chart-history.ts';
import { inChunks } from './in-chunks.ts';
import { latestRequests } from './latest-requests.ts';
import { isLaneOpen, type KindState, type Lane, type Overview, type RedisState } from './overview.ts';
import { RecentRates } from './recent-rates.ts';
import { hasVerification } from './verification-card.ts';

/** Tells whether everything of a kind is stopped, and why. */
export interface KindSwitchReader {
  read(kind: Kind): Promise<HandStop | undefined>;
}

export interface OverviewSources {
  redis: RedisConnection;
  prefix: string;
  queues: Queues;
  sessionQueue: Pick<SessionQueue, 'consumers' | 'getRequest'>;
  kindSwitch: KindSwitchReader;
}

/** How often things are read, in ms. */
export interface Pace {
  /** All who look share one reading in this time. */
  readMs: number;
  /** What changes seldom, or is much to read: who knows which consumer, and Redis's health. */
  slowMs: number;
  /** Consumers that had nothing open: their numbers stand still until the day ends. */
  idleMs: number;
}

export const usualPace: Pace = { readMs: 2_000, slowMs: 10_000, idleMs: 30_000 };

/** Requests shown in the list. */
const shownRequests = 8;
/** Consumers that are asked about at a time. */
const chunk = 100;
/** A page does not wait longer than this for its charts, in ms; the first time there may be thousands of lists to read. */
const chartsWithinMs = 1_000;

interface SlowFacts {
  consumers: string[];
  known: ReadonlySet<string>;
  redis: RedisState;
}

/** Reads the overview: counts, names and ids only, never a job's data, which may be 8 MB before its intake. */
export class OverviewReader {
  readonly #sources: OverviewSources;
  readonly #pace: Pace;
  readonly #announcements: Announcements;
  readonly #busy: BusyConsumers;
  readonly #rates = new RecentRates();
  readonly #history: ChartHistory;
  readonly #idle = new Map<string, { lanes: LaneFigures[]; at: number }>();
  #verified: { of: VerificationFigures[]; at: number } | undefined;
  #slow: { facts: SlowFacts; at: number } | undefined;

  constructor(sources: OverviewSources, pace: Pace) {
    const { redis, prefix } = sources;
    this.#sources = sources;
    this.#pace = pace;
    this.#announcements = new Announcements(redis, prefix);
    this.#busy = new BusyConsumers(redis, prefix);
    this.#history = new ChartHistory(redis, prefix);
  }

  /** Somebody has just changed something: all is read anew. */
  forget(): void {
    this.#slow = undefined;
    this.#verified = undefined;
    this.#idle.clear();
  }

  async read(): Promise<Overview> {
    const { redis, prefix, queues, sessionQueue, kindSwitch } = this.#sources;
    const now = await redisNow(redis);
    const [slow, busy, workers, requests, ...states] = await Promise.all([
      this.#slowFacts(now),
      this.#busy.list(),
      readWorkers(redis, prefix),
      latestRequests(redis, queues, sessionQueue, shownRequests),
      ...queues.kinds.map(async (of) => await readKind(of, kindSwitch)),
    ]);
    const [figures, verifications] = await Promise.all([
      this.#readLanes(slow.consumers, new Set(busy), now),
      this.#verifications([...slow.consumers, ...busy], now),
    ]);
    await this.#refreshCharts(figures, now);
    return {
      readAt: now,
      kinds: states,
      lanes: await inChunks(figures, chunk, async (lane) => await this.#laneOf(lane, slow.known, now)),
      verifications,
      workers,
      redis: slow.redis,
      requests,
      minutes: this.#history.minutes(now),
    };
  }

  /** Goes on by itself where it takes longer: the next reading has it. */
  async #refreshCharts(lanes: readonly LaneFigures[], now: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, chartsWithinMs);
    });
    await Promise.race([this.#history.refresh(lanes, now), late]).finally(() => clearTimeout(timer));
  }

  async #slowFacts(now: number): Promise<SlowFacts> {
    if (this.#slow !== undefined && now - this.#slow.at < this.#pace.slowMs) return this.#slow.facts;
    const { redis, sessionQueue } = this.#sources;
    const [consumers, living, health] = await Promise.all([
      sessionQueue.consumers(),
      this.#announcements.living(now),
      readRedis(redis),
    ]);
    const facts = { consumers, known: new Set([...living.values()].flat()), redis: health };
    this.#slow = { facts, at: now };
    return facts;
  }

  async #readLanes(announced: readonly string[], busy: ReadonlySet<string>, now: number): Promise<LaneFigures[]> {
    const { redis, prefix } = this.#sources;
    const consumers = [...new Set([...announced, ...busy])].sort();
    const lanes = await inChunks(consumers, chunk, async (consumer) => {
      const idle = this.#idle.get(consumer);
      if (idle !== undefined && !busy.has(consumer) && now - idle.at < this.#pace.idleMs) return idle.lanes;
      const both = Object.values(await readLaneFigures(redis, prefix, consumer));
      if (both.some(isLaneOpen)) this.#idle.delete(consumer);
      else this.#idle.set(consumer, { lanes: both, at: now });
      return both;
    });
    const figures = lanes.flat();
    this.#rates.keepOnly(figures.filter(isLaneOpen));
    return figures;
  }

  async #verifications(consumers: readonly string[], now: number): Promise<VerificationFigures[]> {
    if (this.#verified !== undefined && now - this.#verified.at < this.#pace.slowMs) return this.#verified.of;
    const { redis, prefix } = this.#sources;
    const names = [...new Set(consumers)];
    const figures = await inChunks(names, chunk, (consumer) => readVerificationFigures(redis, prefix, consumer));
    const of = figures.filter(hasVerification);
    this.#verified = { of, at: now };
    return of;
  }

  async #laneOf(figures: LaneFigures, known: ReadonlySet<string>, now: number): Promise<Lane> {
    const { redis, prefix } = this.#sources;
    const isKnown = known.has(figures.consumer);
    if (!isLaneOpen(figures)) return { ...figures, rate: undefined, isKnown };
    this.#rates.note(figures, now);
    const keys = consumerKeys(redis, prefix, figures.consumer);
    const samples = this.#rates.suffices(figures, now) ? [] : await readLaneHistory(keys, figures.kind, 6);
    return { ...figures, rate: this.#rates.of(figures, now, samples), isKnown };
  }
}

async function readKind({ kind, requests, batches }: KindQueues, kindSwitch: KindSwitchReader): Promise<KindState> {
  const [stop, isIntakePaused, isSendingPaused] = await Promise.all([
    kindSwitch.read(kind),
    requests.isPaused(),
    batches.isPaused(),
  ]);
  return { kind, stop, isIntakePaused, isSendingPaused };
}

/** Of a cluster only what is wrong with it: its nodes differ in the rest. */
async function readRedis(redis: RedisConnection): Promise<RedisState> {
  const health = await checkRedis(redis);
  if ('nodes' in redis) return health;
  const { version, appendOnly, policy } = await readServerFacts(redis);
  return { ...health, version, appendOnly, policy };
}
